/** What can wait in a {@link BinaryHeap}. The heap owns `slot`; whoever changes the other two calls `place` afterwards. */
export interface Waiting {
  /** When it is due, ms since the epoch; Infinity takes it out of the heap. */
  readyAt: number;
  /** Decides between those due at the same time. */
  seq: number;
  /** Where it stands in the heap; -1 outside. It makes moving and removing O(log n), without stale entries. */
  slot: number;
}

/** A priority queue by `readyAt`, then `seq`. */
export class BinaryHeap<T extends Waiting> {
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item where its `readyAt` and `seq` now belong, whether or not it was in the heap. */
  place(item: T): void {
    if (item.readyAt === Infinity) return this.remove(item);
    if (item.slot < 0) item.slot = this.#items.push(item) - 1;
    this.#rise(item);
    this.#sink(item);
  }

  remove(item: T): void {
    if (item.slot < 0) return;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#put(last, item.slot);
      this.#rise(last);
      this.#sink(last);
    }
    item.slot = -1;
  }

  /** Every item due at `now`, in no order, and when the next of the others is. Looks only at those and their neighbours. */
  split(now: number): { due: readonly T[]; nextAt: number } {
    const due: T[] = [];
    let nextAt = Infinity;
    const slots = [0];
    for (let slot = slots.pop(); slot !== undefined; slot = slots.pop()) {
      const item = this.#items[slot];
      if (item === undefined) continue;
      if (item.readyAt > now) {
        nextAt = Math.min(nextAt, item.readyAt);
        continue;
      }
      due.push(item);
      slots.push(2 * slot + 2, 2 * slot + 1);
    }
    return { due, nextAt };
  }

  #rise(item: T): void {
    while (item.slot > 0) {
      const up = (item.slot - 1) >> 1;
      const parent = this.#items[up];
      if (parent === undefined || !isBefore(item, parent)) return;
      this.#put(parent, item.slot);
      this.#put(item, up);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = this.#items[2 * item.slot + 1];
      const right = this.#items[2 * item.slot + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, item)) return;
      const down = child.slot;
      this.#put(child, item.slot);
      this.#put(item, down);
    }
  }

  #put(item: T, slot: number): void {
    this.#items[slot] = item;
    item.slot = slot;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.readyAt < b.readyAt || (a.readyAt === b.readyAt && a.seq < b.seq);
}
