import { join } from "node:path";

import type { Store } from "@bus/core";
import { sqliteStore } from "../src/index.ts";

/** Also loaded in other processes, by the suite. */
export function create(directory: string): Store {
  return sqliteStore({ path: join(directory, "bus.db") });
}
