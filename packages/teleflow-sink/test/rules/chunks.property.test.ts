import fc from "fast-check";
import { expect, it } from "vitest";
import { aRule, faultOf, wiresOf } from "./a-rule-book.ts";

interface Sent {
  readonly to: readonly { readonly subscriberId: string }[];
}

it("puts every recipient of a list of any length into one trigger, in order, at most 100 each", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 450 }), fc.integer({ min: 1, max: 450 }), (count, distinct) => {
      const to = Array.from({ length: count }, (_, index) => `u${index % distinct}`);

      const wires = wiresOf(aRule({ to }));

      const chunks = wires.map(({ json }) => (JSON.parse(json) as Sent).to.map(({ subscriberId }) => subscriberId));
      expect(chunks.flat()).toEqual([...new Set(to)]);
      expect(chunks.slice(0, -1).every(({ length }) => length === 100)).toBe(true);
      expect(chunks.at(-1)?.length).toBeLessThanOrEqual(100);
      expect(new Set(wires.map(({ transactionId }) => transactionId)).size).toBe(wires.length);
    }),
  );
});

it("numbers the ids of the host's from the second hundred on", () => {
  const to = Array.from({ length: 201 }, (_, index) => `u${index}`);

  const wires = wiresOf(aRule({ to, transactionId: () => "batch" }));

  expect(wires.map(({ transactionId }) => transactionId)).toEqual(["batch", "batch_1", "batch_2"]);
});

it("has no room for that behind an id of 39 letters", () => {
  const rule = (count: number): object =>
    aRule({ to: Array.from({ length: count }, (_, index) => `u${index}`), transactionId: () => "x".repeat(39) });

  expect(faultOf(rule(100))).toBe("none");
  expect(faultOf(rule(101))).toContain('with "_1" behind it for what is over 100 recipients');
});
