/** The contenders in the order of this round: who goes first, and so on the coolest machine and the emptiest disk, changes. */
export function rotated<Item>(items: readonly Item[], round: number): readonly Item[] {
  const first = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

/** What each round gave, by row and column of the table to come. */
export class Rounds {
  readonly #values = new Map<string, number[]>();

  add(row: string, column: string, value: number): void {
    const key = keyOf(row, column);
    const values = this.#values.get(key);
    if (values) values.push(value);
    else this.#values.set(key, [value]);
  }

  /** Undefined where nothing was measured. */
  median(row: string, column: string): number | undefined {
    return median(this.#values.get(keyOf(row, column)) ?? []);
  }

  max(row: string, column: string): number | undefined {
    const values = this.#values.get(keyOf(row, column));
    return values && Math.max(...values);
  }
}

export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

const keyOf = (row: string, column: string): string => `${row}\0${column}`;
