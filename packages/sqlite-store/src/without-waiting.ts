import { prepared, type SqliteDatabase } from "./sqlite-database.ts";

/** The connection of a host may be set to wait for a lock in one piece, holding the event loop. Here it is told at once. */
export function withoutWaiting<Result>(database: SqliteDatabase, work: () => Result): Result {
  const timeout = prepared<{ timeout: number }>(database, "PRAGMA busy_timeout").get()?.timeout ?? 0;
  database.exec("PRAGMA busy_timeout = 0");
  try {
    return work();
  } finally {
    database.exec(`PRAGMA busy_timeout = ${timeout}`);
  }
}
