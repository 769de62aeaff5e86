import type { StateChange } from "@bus/core";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { MARKED_RANGE, plainText, storedText } from "./stored-text.ts";

const ROWS_AT_ONCE = 64;

/** The table of plugin state. */
export class PluginStateTable {
  readonly #database: SqliteDatabase;
  readonly #begin: Prepared;
  readonly #commit: Prepared;
  readonly #get: Prepared<{ value: string }>;
  readonly #set: Prepared;
  readonly #delete: Prepared;
  readonly #keys: Prepared<{ key: string }>;

  constructor(database: SqliteDatabase) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#database = database;
    this.#begin = sql("BEGIN");
    this.#commit = sql("COMMIT");
    this.#get = sql("SELECT value FROM bus_state WHERE scope = ? AND key = ?");
    this.#set = sql("INSERT OR REPLACE INTO bus_state (scope, key, value) VALUES (?, ?, ?)");
    this.#delete = sql("DELETE FROM bus_state WHERE scope = ? AND key = ?");
    // Every text is less than every blob.
    this.#keys = sql("SELECT key FROM bus_state WHERE scope = ? AND key >= ? AND key < coalesce(?, x'')");
  }

  /** All as of one moment: a group that only reads has no transaction of its own. */
  get(scope: string, keys: readonly string[]): readonly (string | undefined)[] {
    const isAlone = keys.length > 1 && !this.#database.inTransaction;
    if (isAlone) this.#begin.run();
    const values = keys.map((key) => this.#value(scope, key));
    if (isAlone) this.#commit.run();
    return values;
  }

  /** Writes nothing before every expectation was looked at: what is refused leaves the transaction of its group as it was. */
  *change(scope: string, changes: readonly StateChange[]): Steps<boolean> {
    const changed = new Map<string, string | undefined>();
    let rows = 0;
    for (const change of changes) {
      if ((rows += 1) % ROWS_AT_ONCE === 0) yield;
      const { key, value, expected } = change;
      if ("expected" in change) {
        const held = changed.has(key) ? changed.get(key) : this.#value(scope, key);
        if (held !== expected) return false;
      }
      changed.set(key, value);
    }
    for (const [key, value] of changed) {
      if ((rows += 1) % ROWS_AT_ONCE === 0) yield;
      if (value === undefined) this.#delete.run(storedText(scope), storedText(key));
      else this.#set.run(storedText(scope), storedText(key), storedText(value));
    }
    return true;
  }

  keys(scope: string, prefix: string): readonly string[] {
    // A prefix may end in the middle of a character.
    const [whole = ""] = prefix.split(/\p{Surrogate}/u, 1);
    const ranges: readonly (readonly [string, string | null])[] = [MARKED_RANGE, [whole, leastAfter(whole)]];
    const keys = new Set<string>();
    for (const [from, to] of ranges) {
      for (const row of this.#keys.all(storedText(scope), from, to)) keys.add(plainText(row.key));
    }
    return [...keys].filter((key) => key.startsWith(prefix)).toSorted();
  }

  #value(scope: string, key: string): string | undefined {
    const row = this.#get.get(storedText(scope), storedText(key));
    return row && plainText(row.value);
  }
}

/** The least text that follows every text that begins with the prefix; null when there is none. */
function leastAfter(prefix: string): string | null {
  const points = Array.from(prefix, (point) => point.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return null;
  // Surrogates are no characters.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
