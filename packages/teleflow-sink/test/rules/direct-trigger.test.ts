import { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";
import { directBroadcast, directTriggers, type TeleflowTrigger } from "../../src/rules/direct-trigger.ts";

const random = (): number => 0.5;

function refusalOf(wrong: unknown, render: typeof directTriggers | typeof directBroadcast = directTriggers): string {
  try {
    render("trigger()", wrong as TeleflowTrigger, random);
  } catch (error) {
    if (BusError.is(error, "BUS_OPTION_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("a trigger by hand", () => {
  it("is written as that of a rule", () => {
    const triggers = directTriggers(
      "trigger()",
      { transactionId: "t1", tenant: "acme", to: "u1", payload: { a: 1 }, name: "shipped", actor: "u9", overrides: {} },
      random,
    );

    expect(triggers).toEqual([
      {
        transactionId: "t1",
        json: '{"name":"shipped","to":[{"subscriberId":"u1"}],"payload":{"a":1},"overrides":{},"transactionId":"t1","actor":"u9","tenant":"acme"}',
        bytes: 130,
      },
    ]);
  });

  it("has a random id where none is given, and a number for each hundred after the first", () => {
    const to = Array.from({ length: 101 }, (_, index) => `u${index}`);

    const triggers = directTriggers("trigger()", { name: "shipped", to, transactionId: undefined }, random);

    const [first, second] = triggers.map(({ transactionId }) => transactionId);
    expect(first).toMatch(/^tf_[a-z2-7]{32}$/);
    expect(second).toBe(`${first}_1`);
    expect(triggers).toHaveLength(2);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "trigger(): expected an object."],
    ["a text", "shipped", "trigger(): expected an object."],
    ["no name", { to: "u1" }, "trigger(): name: expected the identifier of a workflow."],
    ["a blank name", { name: " ", to: "u1" }, "trigger(): name: expected the identifier of a workflow."],
    ["nobody", { name: "a", to: [] }, "trigger(): to: it names nobody."],
    ["no recipient", { name: "a" }, "trigger(): to: expected the id of a subscriber, or an object with subscriberId."],
    ["a payload that is a list", { name: "a", to: "u1", payload: [] }, "trigger(): payload: expected an object."],
    ["an unknown field", { name: "a", to: "u1", data: {} }, 'trigger(): it has no field "data".'],
    [
      "an id that is too long",
      { name: "a", to: "u1", transactionId: "x".repeat(41) },
      'trigger(): transactionId: expected 1 to 40 letters, digits, "_" and "-".',
    ],
    ["a promise", { name: "a", to: Promise.resolve("u1") }, "trigger(): to: expected the id of a subscriber"],
  ])("is refused with %s", (_, wrong, words) => {
    expect(refusalOf(wrong)).toContain(words);
  });

  it("never shows what was given", () => {
    expect(refusalOf({ name: "a", to: { subscriberId: ["s3cret"] }, payload: "s3cret" })).not.toContain("s3cret");
  });
});

describe("a broadcast by hand", () => {
  it("has no recipients", () => {
    const broadcast = directBroadcast("broadcast()", { name: "incident", transactionId: "t1" }, random);

    expect(broadcast.json).toBe('{"name":"incident","payload":{},"transactionId":"t1"}');
  });

  it("is refused with recipients", () => {
    expect(refusalOf({ name: "a", to: "u1" }, directBroadcast)).toContain('it has no field "to"');
  });
});
