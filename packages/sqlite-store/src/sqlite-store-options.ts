import { BusError } from "@bus/core";
import { openFile } from "./connection.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";

export type SqliteStoreOptions = SqliteFileOptions | SqliteConnectionOptions;

interface SqliteFileOptions extends SqliteLockOptions {
  /** The file; it is made if it is not there, its directory is not. */
  readonly path: string;
  /**
   * What an acknowledged event survives. Both: the death of the process. `full` also a power cut or a crash of the system; with `normal` the
   * last moments before one may be gone, and the file is whole.
   *
   * @default "full"
   */
  readonly durability?: "full" | "normal";
  readonly database?: never;
}

interface SqliteConnectionOptions extends SqliteLockOptions {
  /** An open better-sqlite3 connection of the host, on which it may publish within its own transactions. The store never closes it. */
  readonly database: SqliteDatabase;
  readonly path?: never;
  readonly durability?: never;
}

interface SqliteLockOptions {
  /**
   * How long an operation waits while another connection has the file locked, without holding the event loop.
   *
   * @default 5000
   */
  readonly lockTimeoutMs?: number;
}

/** What `sqliteStore` makes of its options. */
export interface CheckedOptions {
  /** The file, for messages. */
  readonly place: string;
  /** The file, if the connection is the store's own. */
  readonly path: string | undefined;
  readonly lockTimeoutMs: number;
  /** Throws what SQLite throws. */
  connect(): SqliteDatabase;
}

export function checkedOptions(options: SqliteStoreOptions): CheckedOptions {
  const refuse = (detail: string): never => {
    throw new BusError("BUS_OPTION_INVALID", ["sqliteStore()", detail]);
  };
  if (typeof options !== "object" || options === null) refuse("it takes an object, such as { path }");
  const { path, durability = "full", database, lockTimeoutMs = 5_000, ...unknown } = options;
  for (const name of Object.keys(unknown)) refuse(`it has no option "${name}"`);
  if (typeof lockTimeoutMs !== "number" || !(lockTimeoutMs >= 0)) refuse("lockTimeoutMs must be 0 or more");
  if (database !== undefined) {
    if (path !== undefined) refuse("it takes path or database, not both");
    if (options.durability !== undefined) refuse("with a database, its own pragma synchronous decides on durability");
    if (typeof database?.prepare !== "function" || typeof database.inTransaction !== "boolean")
      refuse("database must be an open better-sqlite3 connection");
    return { place: "The host's database", path, lockTimeoutMs, connect: () => database };
  }
  if (typeof path !== "string" || path.includes("\0")) refuse("path must be the name of a file");
  if (path === "" || path.startsWith(":") || path.startsWith("file:"))
    refuse(
      `path must be the name of a file, not ${JSON.stringify(path)}: for a store in memory there is memoryStore()`,
    );
  if (durability !== "full" && durability !== "normal") refuse('durability must be "full" or "normal"');
  return { place: `"${path}"`, path, lockTimeoutMs, connect: () => openFile(path, durability) };
}
