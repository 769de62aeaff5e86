import Database from "better-sqlite3";
import { onTestFinished } from "vitest";

/** A connection of the test's own, closed with it; numbers come as numbers. */
export function aConnection(path: string, options: Database.Options = {}): Database.Database {
  const database = new Database(path, options);
  onTestFinished(() => void database.close());
  return database;
}

/** As a host would open its own. */
export function aHostConnection(path: string): Database.Database {
  const database = aConnection(path);
  database.pragma("journal_mode = WAL");
  return database;
}

/** The first column of every row. */
export function column(database: Database.Database, sql: string): unknown[] {
  return database.prepare(sql).pluck().all();
}

/** Ids of the events in the file, in order of arrival. */
export function eventIdsIn(path: string): unknown[] {
  const database = new Database(path);
  try {
    return column(database, "SELECT id FROM bus_events ORDER BY seq");
  } finally {
    database.close();
  }
}
