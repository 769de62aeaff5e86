import { storeSuite } from "@bus/testkit";
import { describe, test } from "vitest";

import { memoryStore } from "../../src/index.ts";

describe("memoryStore", () => {
  storeSuite({ test, create: () => memoryStore() });
});
