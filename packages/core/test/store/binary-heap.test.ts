import fc from "fast-check";
import { expect, it } from "vitest";

import { BinaryHeap, type Waiting } from "../../src/store/binary-heap.ts";

/** Items by number: each step moves one to a new time, or takes it out. */
const steps = fc.array(fc.tuple(fc.nat(30), fc.option(fc.nat(20), { nil: Infinity })), { maxLength: 200 });

function inOrder(items: readonly Waiting[]): Waiting[] {
  return items.filter(({ readyAt }) => readyAt !== Infinity).sort((a, b) => a.readyAt - b.readyAt || a.seq - b.seq);
}

function anItem(seq: number): Waiting {
  return { readyAt: Infinity, seq, slot: -1 };
}

it("has the earliest first, however items are moved and removed", () => {
  const property = fc.property(steps, (moves) => {
    const heap = new BinaryHeap<Waiting>();
    const items = Array.from({ length: 31 }, (_, seq) => anItem(seq));

    for (const [index, readyAt] of moves) {
      const item = items[index]!;
      item.readyAt = readyAt;
      heap.place(item);

      expect(heap.first).toBe(inOrder(items)[0]);
    }

    const left = inOrder(items);
    for (const item of left) {
      expect(heap.first).toBe(item);
      heap.remove(item);
    }
    expect(heap.first).toBeUndefined();
  });

  expect(() => fc.assert(property)).not.toThrow();
});

it("splits what is due from what is not", () => {
  const heap = new BinaryHeap<Waiting>();
  for (const readyAt of [5, 9, 1, 7, 3, 9]) heap.place({ readyAt, seq: 0, slot: -1 });

  const { due, nextAt } = heap.split(5);

  expect(due.map(({ readyAt }) => readyAt).sort((a, b) => a - b)).toEqual([1, 3, 5]);
  expect(nextAt).toBe(7);
  expect(heap.split(0)).toEqual({ due: [], nextAt: 1 });
});
