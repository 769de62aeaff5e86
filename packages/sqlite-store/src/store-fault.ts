import { BusError } from "@bus/core";

/**
 * What a failure of SQLite means to the host. A BusError stays as it is.
 *
 * @see https://sqlite.org/rescode.html
 */
export function storeFault(cause: unknown, operation: string, place: string): BusError {
  if (BusError.is(cause)) return cause;
  const code = sqliteCodeOf(cause);
  if (isBusy(cause)) return new BusError("BUS_STORE_LOCKED", [place, operation], { cause });
  if (code === "SQLITE_FULL") return new BusError("BUS_STORE_FULL", [place, operation], { cause });
  if (code.startsWith("SQLITE_READONLY") || code === "SQLITE_CANTOPEN")
    return new BusError("BUS_STORE_READONLY", [place, operation], { cause });
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return new BusError("BUS_STORE_CORRUPT", [place, operation], { cause });
  return new BusError("BUS_STORE_FAILED", [operation], { cause });
}

/** Another connection holds the lock, or the host's is taken: it is worth trying again. */
export function isBusy(cause: unknown): boolean {
  const code = sqliteCodeOf(cause);
  return code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED") || isIterating(cause);
}

/** On a connection on which the host goes through the rows of a statement better-sqlite3 does nothing else; that has no code. */
function isIterating(cause: unknown): boolean {
  return cause instanceof TypeError && cause.message.includes("busy executing a query");
}

function sqliteCodeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}
