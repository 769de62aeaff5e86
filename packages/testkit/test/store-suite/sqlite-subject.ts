import { join } from "node:path";

import type { Store } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import Database from "better-sqlite3";
import type { HostConnection } from "../../src/index.ts";
import type { HostState } from "./saboteur.ts";

export function createSqlite(directory: string): Store {
  // What is lost in a power cut no test can see, and a thousand runs are faster without waiting for the disk.
  return sqliteStore({ path: join(directory, "bus.db"), durability: "normal" });
}

export function sqliteHost(directory: string, sabotage: (store: Store, host: HostState) => Store): HostConnection {
  const database = new Database(join(directory, "bus.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const host: HostState = {
    get isInTransaction() {
      return database.open && database.inTransaction;
    },
  };
  return {
    store: sabotage(sqliteStore({ database }), host),
    execute: (statement) => void database.exec(statement),
    close: () => void database.close(),
  };
}
