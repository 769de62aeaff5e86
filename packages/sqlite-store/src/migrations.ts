import { BusError } from "@bus/core";
import { SCHEMA_1 } from "./schema.ts";
import { prepared, type SqliteDatabase } from "./sqlite-database.ts";

/** Each takes a file from the version of its index to the next. None is ever changed once released. */
const MIGRATIONS: readonly string[] = [SCHEMA_1];

/**
 * Brings the tables up to the version of this package. Called within a transaction.
 *
 * @throws {BusError} BUS_STORE_SCHEMA_NEWER when a newer version of the package has used the file: nothing was changed.
 */
export function migrate(database: SqliteDatabase, place: string): void {
  const version = assertKnown(database, place);
  if (version === MIGRATIONS.length) return;
  database.exec("CREATE TABLE IF NOT EXISTS bus_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT");
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  prepared(database, "INSERT OR REPLACE INTO bus_meta (name, value) VALUES ('schema_version', ?)").run(
    String(MIGRATIONS.length),
  );
}

/** The version of the tables; 0: there are none yet. @throws {BusError} BUS_STORE_SCHEMA_NEWER */
export function assertKnown(database: SqliteDatabase, place: string): number {
  const version = versionOf(database);
  if (version > MIGRATIONS.length) throw new BusError("BUS_STORE_SCHEMA_NEWER", [place, version, MIGRATIONS.length]);
  return version;
}

function versionOf(database: SqliteDatabase): number {
  const table = prepared(database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'bus_meta'").get();
  if (table === undefined) return 0;
  const row = prepared<{ value: string }>(database, "SELECT value FROM bus_meta WHERE name = 'schema_version'").get();
  return row === undefined ? 0 : Number(row.value);
}
