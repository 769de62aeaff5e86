import { join } from "node:path";

import { storeSuite } from "@bus/testkit";
import Database from "better-sqlite3";
import { describe, test, vi } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { create } from "./conformance-store.ts";

// Each write waits for the disk, however slow it is.
vi.setConfig({ testTimeout: 60_000 });

describe("sqliteStore", () => {
  storeSuite({
    test,
    create,
    durable: { module: new URL("./conformance-store.ts", import.meta.url) },
    transactions: (directory) => {
      const database = new Database(join(directory, "bus.db"));
      database.pragma("journal_mode = WAL");
      return {
        store: sqliteStore({ database }),
        execute: (statement) => void database.exec(statement),
        close: () => void database.close(),
      };
    },
  });
});
