import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import { MARKED_RANGE, plainText, storedText } from "./stored-text.ts";

/** The table of plugin state. */
export class PluginStateTable {
  readonly #get: Prepared<{ value: string }>;
  readonly #set: Prepared;
  readonly #delete: Prepared;
  readonly #keys: Prepared<{ key: string }>;

  constructor(database: SqliteDatabase) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#get = sql("SELECT value FROM bus_state WHERE scope = ? AND key = ?");
    this.#set = sql("INSERT OR REPLACE INTO bus_state (scope, key, value) VALUES (?, ?, ?)");
    this.#delete = sql("DELETE FROM bus_state WHERE scope = ? AND key = ?");
    // Every text is less than every blob.
    this.#keys = sql("SELECT key FROM bus_state WHERE scope = ? AND key >= ? AND key < coalesce(?, x'')");
  }

  get(scope: string, key: string): string | undefined {
    const row = this.#get.get(storedText(scope), storedText(key));
    return row && plainText(row.value);
  }

  set(scope: string, key: string, value: string): void {
    this.#set.run(storedText(scope), storedText(key), storedText(value));
  }

  delete(scope: string, key: string): void {
    this.#delete.run(storedText(scope), storedText(key));
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
