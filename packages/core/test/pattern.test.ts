import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusError } from "../src/errors.ts";
import { compilePattern, isEventType } from "../src/pattern.ts";

describe("isEventType", () => {
  it.each(["message", "message.created", "kg.push_v2.tag-added", "A.0"])("takes %j", (type) => {
    expect(isEventType(type)).toBe(true);
  });

  it.each(["", ".", "message.", ".created", "message..created", "message.*", "a b", "é", "message.created\n"])(
    "refuses %j",
    (type) => {
      expect(isEventType(type)).toBe(false);
    },
  );
});

describe("compilePattern", () => {
  it.each([
    ["message.created", "message.created", true],
    ["message.created", "message.createdx", false],
    ["message.created", "messagexcreated", false],
    ["message.*", "message.created", true],
    ["message.*", "message.part.added", false],
    ["message.*", "message", false],
    ["*", "message", true],
    ["*", "message.created", false],
    ["**", "message.part.added", true],
    ["message.**", "message.part.added", true],
    ["message.**", "messages.created", false],
    ["**.created", "conversation.note.created", true],
    ["**.created", "created", false],
    ["*.created", "message.created", true],
    ["*.created", "conversation.note.created", false],
    ["message.cre*ed", "message.created", true],
    ["message.created*", "message.created", true],
    ["mess**ed", "message.created", true],
    ["*.**.*", "a.b.c.d", true],
    ["*.**.*", "a.b", false],
  ])("says whether %j matches %j: %j", (pattern, type, expected) => {
    expect(compilePattern(pattern)(type)).toBe(expected);
  });

  it.each([
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "***",
    "a.****",
    "a b",
    "a.?",
    "a.{b,c}",
    "a/b",
    "é.*",
    "a.*\n",
    "a".repeat(201),
  ])("refuses %j", (pattern) => {
    const compile = () => compilePattern(pattern);

    expect(compile).toThrow(expect.toSatisfy((error) => BusError.is(error, "BUS_PATTERN_INVALID")));
  });

  it("agrees with a matcher that tries everything", () => {
    // A tiny alphabet, so that a random type often comes close to a random pattern.
    const word = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 });
    const type = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join("."));
    const glob = fc
      .array(fc.array(fc.constantFrom("a", "b", "*", "**"), { minLength: 1, maxLength: 3 }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((segments) => segments.map((segment) => segment.join("")).join("."))
      .filter((pattern) => !pattern.includes("***"));

    fc.assert(
      fc.property(glob, type, (pattern, candidate) => {
        expect(compilePattern(pattern)(candidate)).toBe(matchesNaively(pattern, candidate));
      }),
      { numRuns: 2_000 },
    );
  });

  it("does not slow down on many stars", () => {
    const pattern = "*a".repeat(100);
    const type = "a".repeat(5_000) + "b";

    const matches = compilePattern(pattern)(type);

    expect(matches).toBe(false);
  });
});

function matchesNaively(pattern: string, type: string): boolean {
  if (pattern === "") return type === "";
  const star = /^\*\*?/.exec(pattern)?.[0];
  if (star === undefined) return type[0] === pattern[0] && matchesNaively(pattern.slice(1), type.slice(1));
  const rest = pattern.slice(star.length);
  return Array.from({ length: type.length + 1 }, (_, taken) => taken).some(
    (taken) => (star === "**" || !type.slice(0, taken).includes(".")) && matchesNaively(rest, type.slice(taken)),
  );
}
