import { BusError, type EventSchemas } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { teleflowSink, type TeleflowSinkOptions } from "../src/index.ts";

const events = {
  "order.shipped": z.object({ customerId: z.string() }),
  "order.refunded": z.object({ shippedEventId: z.string() }),
};
const rule = { on: "order.shipped", trigger: "shipped", to: "u1" } as const;
const needed = { events, url: "https://teleflow.test", apiKey: "key", environment: "test", rules: [rule] } as const;

function refusalOf(options: unknown, policy?: object): string {
  try {
    teleflowSink(options as TeleflowSinkOptions, policy);
  } catch (error) {
    if (BusError.is(error, "BUS_OPTION_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the options", () => {
  it.each<[string, object, string]>([
    ["no events", { events: undefined }, "events: expected an object with a Standard Schema for each event type"],
    ["events that are no schemas", { events: { "order.shipped": {} } }, "events: expected an object"],
    ["no URL", { url: undefined }, "url: "],
    ["no key", { apiKey: undefined }, "apiKey: "],
    ["an empty key", { apiKey: "" }, "apiKey: write a key"],
    ["a key with a blank", { apiKey: "a b" }, "apiKey: it has blanks"],
    ["a key of two lines", { apiKey: "a\r\nX-B: 1" }, "apiKey: "],
    ["a key that ends its header", { apiKey: "a\0" }, "apiKey: "],
    ["a key beyond Latin-1", { apiKey: "a\u2713" }, "apiKey: "],
    ["no environment", { environment: undefined }, "environment: "],
    ["an empty environment", { environment: "" }, "environment: write a name"],
    ["no rules", { rules: undefined }, "rules: expected a list with at least one rule"],
    ["an empty list of rules", { rules: [] }, "rules: expected a list with at least one rule"],
    ["another answer to inactive workflows", { onInactive: "ignore" }, "onInactive: "],
    ["a text for a choice", { broadcastRetry: "yes" }, "broadcastRetry: "],
    ["a confirmation at no time", { confirm: {} }, "confirm.afterMs: "],
    ["a confirmation of more", { confirm: { afterMs: 1, tries: 2 } }, 'confirm: Unrecognized key: "tries"'],
    ["a grace of less than nothing", { cancelGraceMs: -1 }, "cancelGraceMs: "],
    ["no time", { deadlineMs: 0 }, "deadlineMs: "],
    ["time without end", { deadlineMs: Infinity }, "deadlineMs: "],
    ["no trigger a request", { batch: { maxTriggers: 0 } }, "batch.maxTriggers: "],
    ["more triggers than the service takes", { batch: { maxTriggers: 101 } }, "batch.maxTriggers: "],
    ["no byte a request", { batch: { maxBytes: 0 } }, "batch.maxBytes: "],
    ["a linger of less than nothing", { batch: { lingerMs: -1 } }, "batch.lingerMs: "],
    ["an unknown bound", { batch: { maxItems: 5 } }, 'batch: Unrecognized key: "maxItems"'],
    ["an unknown option", { key: "a" }, 'Unrecognized key: "key"'],
    ["headers that are none", { headers: { "X A": "1" } }, "headers: "],
    ["a header of two lines", { headers: { "X-A": "1\r\nX-B: 2" } }, "headers: "],
    ["a key in a header", { headers: { Authorization: "a" } }, 'headers: "Authorization" is written by the sink'],
    ["a content type", { headers: { "content-type": "a" } }, 'headers: "content-type" is written by the sink'],
    ["an idempotency key", { headers: { "Idempotency-Key": "a" } }, 'headers: "Idempotency-Key" is written by'],
    ["an encoding", { headers: { "accept-encoding": "gzip" } }, 'headers: "accept-encoding" is written by the sink'],
  ])("are refused with %s", (_, wrong, message) => {
    expect(refusalOf({ ...needed, ...wrong })).toContain(message);
  });

  it("are refused when there are none", () => {
    expect(refusalOf(undefined)).toContain('The options of sink "teleflow"');
  });

  it.each([
    "",
    "teleflow.test",
    "/v1",
    "ftp://teleflow.test",
    "http://",
    "https://a b/",
    "https://user:pass@teleflow.test",
    "https://teleflow.test?key=1",
    "https://teleflow.test/#top",
    "https://teleflow.test/v1?",
    7,
    null,
  ])("are refused with the URL %j", (wrong) => {
    expect(refusalOf({ ...needed, url: wrong })).toContain("url: ");
  });

  it.each([
    ["https://teleflow.test", "https://teleflow.test/v1"],
    ["https://teleflow.test/", "https://teleflow.test/v1"],
    ["https://teleflow.test/v1", "https://teleflow.test/v1"],
    ["https://teleflow.test/v1///", "https://teleflow.test/v1"],
    ["https://x.test/notify", "https://x.test/notify/v1"],
    ["https://x.test/notify/v1/", "https://x.test/notify/v1"],
    ["https://x.test/v2", "https://x.test/v2/v1"],
    ["https://x.test/tv1", "https://x.test/tv1/v1"],
    ["https://v1", "https://v1/v1"],
    ["http://[::1]:3000", "http://[::1]:3000/v1"],
    ["http://10.0.0.7:3000/api", "http://10.0.0.7:3000/api/v1"],
  ])("take the URL %s as %s", (url, base) => {
    expect(teleflowSink({ ...needed, url }).options).toMatchObject({ url: base });
  });

  it("never show the key", () => {
    const wrong = [
      { apiKey: "s3cret\n" },
      { apiKey: "s3cret s3cret" },
      { apiKey: ["s3cret"] },
      { url: "https://s3cret@teleflow.test" },
      { headers: { Authorization: "ApiKey s3cret" } },
      { headers: { "X-A": "s3cret\n" } },
    ];

    for (const one of wrong) expect(refusalOf({ ...needed, ...one })).toMatch(/^(?!.*s3cret).*: /);
    expect(JSON.stringify(teleflowSink({ ...needed, apiKey: "s3cret" }))).not.toContain("s3cret");
  });

  it("may be left out but those that only the host knows", () => {
    expect(teleflowSink(needed).options).toEqual({
      url: "https://teleflow.test/v1",
      apiKey: "key",
      environment: "test",
      rules: [{ kind: "trigger", id: "trigger:shipped", on: "order.shipped", name: "shipped", fields: { to: "u1" } }],
      onInactive: "dead-letter",
      broadcastRetry: false,
      cancelGraceMs: 30_000,
      deadlineMs: 30_000,
      batch: { maxTriggers: 100, maxBytes: 1_000_000, lingerMs: 50 },
      headers: {},
    });
  });

  it("may be left undefined", () => {
    const left = { onInactive: undefined, confirm: undefined, batch: undefined, headers: undefined };

    expect(teleflowSink({ ...needed, ...left }).options).toMatchObject({ onInactive: "dead-letter", headers: {} });
  });
});

describe("the rules", () => {
  const cancel = (): object => ({ event: "e1" });

  it.each<[string, unknown, string]>([
    ["no object", "order.shipped", "rules[1]: expected an object"],
    ["nothing", undefined, "rules[1]: expected an object"],
    ["no type", { trigger: "a", to: "u1" }, "rules[1].on: expected an event type"],
    [
      "an unknown type",
      { ...rule, on: "order.shiped" },
      'rules[1].on: the option events has no type "order.shiped": it has "order.shipped", "order.refunded"',
    ],
    ["a type of every object's", { ...rule, on: "constructor" }, 'events has no type "constructor"'],
    ["nothing to do", { on: "order.shipped", to: "u1" }, "rules[1]: write one of trigger, broadcast and cancel"],
    ["two things to do", { ...rule, broadcast: "a" }, "rules[1]: write one of trigger, broadcast and cancel"],
    ["an empty workflow", { ...rule, trigger: "" }, "rules[1].trigger: expected the identifier of a workflow"],
    ["a workflow that is made", { ...rule, trigger: () => "a" }, "rules[1].trigger: expected the identifier"],
    ["a workflow of two lines", { on: "order.shipped", broadcast: "a\nb" }, "rules[1].broadcast: expected the"],
    ["no recipient", { on: "order.shipped", trigger: "a" }, "rules[1].to: write whom it reaches"],
    ["an undefined recipient", { ...rule, to: undefined }, "rules[1].to: write whom it reaches"],
    ["a recipient of a broadcast", { on: "order.shipped", broadcast: "a", to: "u1" }, 'has no field "to"'],
    ["an unknown field", { ...rule, payloads: {} }, 'rules[1]: a rule with trigger has no field "payloads"'],
    ["a payload to cancel", { on: "order.shipped", cancel, payload: {} }, 'a rule with cancel has no field "payload"'],
    [
      "a cancellation that is no function",
      { on: "order.shipped", cancel: "e1" },
      "rules[1].cancel: expected a function",
    ],
    ["a where that is no function", { ...rule, where: true }, "rules[1].where: expected a function"],
    ["one id for all", { ...rule, transactionId: "a" }, "rules[1].transactionId: expected a function"],
    ["a wrong recipient", { ...rule, to: ["u1", ""] }, "rules[1].to[1]: expected a text that is not empty"],
    ["a wrong payload", { ...rule, payload: [] }, "rules[1].payload: expected an object"],
    ["wrong overrides", { ...rule, overrides: 7 }, "rules[1].overrides: expected an object"],
    ["a wrong actor", { ...rule, actor: {} }, "rules[1].actor.subscriberId: expected a text"],
    ["a wrong tenant", { ...rule, tenant: "" }, "rules[1].tenant: expected a text that is not empty"],
    ["an empty id", { ...rule, id: "" }, "rules[1].id: expected a name"],
    ["an id of all", { ...rule, id: "*" }, "rules[1].id: expected a name"],
    ["an id that is none", { ...rule, id: 7 }, "rules[1].id: expected a name"],
    [
      "the id of another",
      { ...rule, to: "u2" },
      'rules[1]: rules[0] is called "trigger:shipped" on "order.shipped" too: give one of them an id',
    ],
    [
      "the id of another, given",
      { on: "order.shipped", broadcast: "a", id: "trigger:shipped" },
      "rules[1]: rules[0] is",
    ],
  ])("are refused with %s", (_, wrong, message) => {
    expect(refusalOf({ ...needed, rules: [rule, wrong] })).toContain(message);
  });

  it("are all told of", () => {
    const rules = [{ ...rule, to: [] }, rule, { ...rule, on: "order.lost", id: "b" }, { ...rule, id: "" }];

    expect(refusalOf({ ...needed, rules })).toMatch(/rules\[0\]\.to: .*; rules\[2\]\.on: .*; rules\[3\]\.id: /);
  });

  it("are not told of in all types, where these are many", () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`order.at-${index}`, z.unknown()]));

    expect(refusalOf({ ...needed, events: many })).toMatch(/the option events has no type "order\.shipped"\.$/);
  });

  it("may have the same id on different types", () => {
    expect(refusalOf({ ...needed, rules: [rule, { ...rule, on: "order.refunded" }] })).toBe("none");
  });

  it("may do the same twice, under different ids", () => {
    expect(refusalOf({ ...needed, rules: [rule, { ...rule, to: "u2", id: "second" }] })).toBe("none");
  });
});

describe("the policy", () => {
  it("is in no order, and tries for less than 36 hours", () => {
    expect(teleflowSink(needed).policy).toEqual({
      ordering: "none",
      concurrency: 8,
      timeoutMs: 60_000,
      retry: { baseMs: 1_000, factor: 2, maxMs: 3_600_000, attempts: 46 },
    });
  });

  it("follows the deadline", () => {
    expect(teleflowSink({ ...needed, deadlineMs: 5_000 }).policy).toMatchObject({ timeoutMs: 35_000 });
  });

  it("may be the host's", () => {
    const policy = { ordering: "key", timeoutMs: 90_000, retry: [1], concurrency: 2 } as const;

    expect(teleflowSink(needed, policy).policy).toEqual(policy);
  });

  it("is refused when the engine would cut attempts short", () => {
    expect(refusalOf(needed, { timeoutMs: 59_999 })).toContain(
      'The policy of sink "teleflow": timeoutMs, 59999, must be at least 60000: lower deadlineMs',
    );
    expect(refusalOf(needed, { timeoutMs: 60_000 })).toBe("none");
  });
});

describe("what the sink accepts", () => {
  it("is the events that have rules, by the host's own schemas", () => {
    const { accepts } = teleflowSink({
      ...needed,
      rules: [rule, { on: "order.shipped", broadcast: "all" }],
    });

    expect(Object.keys(accepts)).toEqual(["order.shipped"]);
    expect(accepts["order.shipped"]).toBe(events["order.shipped"]);
  });

  it("may have schemas that are functions", () => {
    const schema: EventSchemas[string] = Object.assign(() => undefined, {
      "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) } as const,
    });

    const { accepts } = teleflowSink({ ...needed, events: { ...events, "order.shipped": schema } });

    expect(accepts["order.shipped"]).toBe(schema);
  });
});
