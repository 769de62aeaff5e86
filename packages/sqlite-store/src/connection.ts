import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { BusError } from "@bus/core";
import Database from "better-sqlite3";
import { assertKnown } from "./migrations.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

/** Half of what better-sqlite3 sets: more takes memory and gains nothing, since what is leased and settled was written a moment ago. */
const CACHE_KIB = 8_000;
/** The log is cut to this once it was written back. */
const LARGEST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * Opens the file, made if it is not there. Throws what SQLite throws, at once if another connection has it locked.
 *
 * @throws {BusError} BUS_OPTION_INVALID when its directory does not exist.
 */
export function openFile(path: string, durability: "full" | "normal"): SqliteDatabase {
  const directory = dirname(path);
  if (!existsSync(directory))
    throw new BusError("BUS_OPTION_INVALID", [
      "sqliteStore()",
      `the directory "${directory}" of its path does not exist`,
    ]);
  const database = new Database(path, { timeout: 0 });
  try {
    // Of a file made by a newer version not even the header is changed.
    assertKnown(database, `"${path}"`);
    // Only a file with nothing in it takes it; of another it would write the header anew.
    if (database.pragma("page_count", { simple: true }) === 0) database.pragma("auto_vacuum = INCREMENTAL");
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`journal_size_limit = ${LARGEST_LOG_BYTES}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
