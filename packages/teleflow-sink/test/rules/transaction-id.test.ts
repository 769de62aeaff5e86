import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Misfit } from "../../src/rules/misfit.ts";
import {
  givenTransactionId,
  randomTransactionId,
  transactionIdOf,
  type TriggerOrigin,
} from "../../src/rules/transaction-id.ts";

/** Few letters, of those that any encoding puts between texts: parts that could be confounded come often. */
const tricky = fc.string({
  unit: fc.constantFrom("a", "1", "0", ":", "/", ",", '"', "\\", "[", "\0", "\ud800"),
  maxLength: 4,
});

const origins: fc.Arbitrary<TriggerOrigin> = fc.record({
  environment: tricky,
  eventId: tricky,
  ruleId: tricky,
  chunk: fc.nat({ max: 12 }),
});

describe("the transaction id", () => {
  // Made with Python's hashlib and base64.
  it.each([
    [0, "tf_otzylemjxdnaazr57ez2if6eiq2k66w4q45eb"],
    [1, "tf_ypnxy6kptpzfvvv3uz3r56ajxqkytzw4cyxjd"],
  ])("is the same in every process (chunk %i)", (chunk, id) => {
    const origin = { environment: "production", eventId: "0190", ruleId: "trigger:order-shipped", chunk };

    expect(transactionIdOf(origin)).toBe(id);
  });

  it("is short, and of letters that need no escape", () => {
    fc.assert(fc.property(origins, (origin) => /^tf_[a-z2-7]{37}$/.test(transactionIdOf(origin))));
  });

  it("differs where the origin does, and only there", () => {
    fc.assert(
      fc.property(origins, origins, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);

        expect(transactionIdOf(one) === transactionIdOf(other)).toBe(isSame);
      }),
      { numRuns: 500 },
    );
  });

  it("differs for origins that are the same when joined", () => {
    const joined = [
      ["ab", "c", "d"],
      ["a", "bc", "d"],
      ["abc", "", "d"],
      ["a", "b", "cd"],
      ['a","b', "c", "d"],
      ["a", 'b","c', "d"],
      ["", "abc", "d"],
      ["\ud800", "", ""],
      ["\ud801", "", ""],
    ] as const;
    const ids = joined.map(([environment, eventId, ruleId]) =>
      transactionIdOf({ environment, eventId, ruleId, chunk: 0 }),
    );

    expect(new Set(ids).size).toBe(joined.length);
  });
});

describe("a random transaction id", () => {
  it("has room for the number of a chunk", () => {
    const id = randomTransactionId(() => 0.999_999);

    expect(id).toMatch(/^tf_[a-z2-7]{32}$/);
    expect(givenTransactionId(id, 9_999)).toBe(`${id}_9999`);
  });

  it("uses all that the source gives", () => {
    let at = 0;
    // As Python's base64 writes the bytes 0, 64, 128, 192, and so on.
    const numbers = [0, 0.25, 0.5, 0.75];

    expect(randomTransactionId(() => numbers[at++ % 4] ?? 0)).toBe("tf_abaibqaaicamaacaqdaaaqeayaaebaga");
  });
});

describe("a transaction id of the host's", () => {
  it.each([
    ["a", 0, "a"],
    ["A-z_09", 0, "A-z_09"],
    ["x".repeat(40), 0, "x".repeat(40)],
    ["a", 1, "a_1"],
    ["x".repeat(37), 10, `${"x".repeat(37)}_10`],
  ])("may be %s for chunk %i", (given, chunk, id) => {
    expect(givenTransactionId(given, chunk)).toBe(id);
  });

  it.each([
    ["", 0],
    [undefined, 0],
    [7, 0],
    [undefined, 1],
    [7, 1],
    ["a b", 0],
    ["a\n", 0],
    ["a/b", 0],
    ["ä", 0],
    ["x".repeat(41), 0],
    ["x".repeat(39), 1],
  ])("may not be %j for chunk %i", (given, chunk) => {
    expect(() => givenTransactionId(given, chunk)).toThrow(Misfit);
    expect(() => givenTransactionId(given, chunk)).toThrow(/^transactionId: expected 1 to 40 letters/);
  });
});
