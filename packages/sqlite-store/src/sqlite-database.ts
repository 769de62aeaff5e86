/**
 * What the store needs of a better-sqlite3 connection. A host passes its own; which copy or version of the package made it does not matter
 * as long as it has this shape.
 */
export interface SqliteDatabase {
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
}

export interface SqliteStatement {
  run(...values: unknown[]): { readonly changes: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  safeIntegers(isOn?: boolean): unknown;
}

export type SqliteValue = string | number | null;

/** A statement whose rows are known: its columns say what they are. */
export interface Prepared<Row = never> {
  run(...values: readonly SqliteValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqliteValue[]): Row | undefined;
  all(...values: readonly SqliteValue[]): Row[];
}

/** Prepares it once; integers come as numbers, whatever the host's connection is set to. */
export function prepared<Row = never>(database: SqliteDatabase, sql: string): Prepared<Row> {
  const statement = database.prepare(sql.replaceAll(COMPARED, "$1+?"));
  statement.safeIntegers(false);
  return statement as Prepared<Row>;
}

/**
 * A value that is compared. Where there are partial indexes, SQLite would plan the whole statement anew for each value, which takes longer than
 * what it does; the plus hides the value from the planner and changes nothing else.
 */
const COMPARED = /([=<>] )\?/g;
