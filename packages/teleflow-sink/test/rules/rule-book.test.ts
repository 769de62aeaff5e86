import { vi, describe, expect, it } from "vitest";
import { RuleBook } from "../../src/rules/rule-book.ts";
import { anEvent, aRule, aRuleBook, faultOf, plannedRules, sentBy, wiresOf } from "./a-rule-book.ts";

describe("a trigger", () => {
  it("says all that the rule says, in the order of the contract", () => {
    const rule = aRule({
      tenant: { identifier: "t1", name: "Acme", data: { plan: 1 } },
      actor: { subscriberId: "u9", email: "u9@example.test" },
      transactionId: () => "own-1",
      overrides: { email: { from: "a@example.test" } },
      payload: ({ data }: { data: { n: number } }) => ({ n: data.n, left: undefined }),
      to: ["u1", { subscriberId: "u2", firstName: "Jane", data: { vip: true } }, { type: "Topic", topicKey: "news" }],
    });

    const [wire] = wiresOf(rule);

    expect(wire?.json).toBe(
      '{"name":"shipped","to":[{"subscriberId":"u1"},{"subscriberId":"u2","firstName":"Jane","data":{"vip":true}},' +
        '{"type":"Topic","topicKey":"news"}],"payload":{"n":1},"overrides":{"email":{"from":"a@example.test"}},' +
        '"transactionId":"own-1","actor":{"subscriberId":"u9","email":"u9@example.test"},' +
        '"tenant":{"identifier":"t1","name":"Acme","data":{"plan":1}}}',
    );
    expect(wire?.transactionId).toBe("own-1");
  });

  it("says no more than it must where the rule says no more", () => {
    const [wire] = wiresOf(aRule());

    expect(wire?.json).toBe(
      `{"name":"shipped","to":[{"subscriberId":"u1"}],"payload":{},"transactionId":"${wire?.transactionId}"}`,
    );
  });

  it("counts its bytes, not its letters", () => {
    const [wire] = wiresOf(aRule({ trigger: "versandt-ü-🚚", to: "ü" }));

    expect(wire?.bytes).toBe(new TextEncoder().encode(wire?.json).length);
    expect(wire?.bytes).toBeGreaterThan(wire?.json.length ?? Infinity);
  });

  it("is made of the event by each function", () => {
    const rule = aRule({
      to: (e: { data: { customerId: string } }) => e.data.customerId,
      payload: (e: { id: string }) => ({ id: e.id }),
      overrides: (e: { type: string }) => ({ type: e.type }),
      actor: (e: { source: string }) => e.source,
      tenant: (e: { tenant?: string }) => e.tenant,
    });

    expect(sentBy(rule, anEvent({ tenant: "acme" }))).toEqual([
      {
        name: "shipped",
        to: [{ subscriberId: "u1" }],
        payload: { id: "e1" },
        overrides: { type: "order.shipped" },
        transactionId: expect.stringMatching(/^tf_/),
        actor: "shop",
        tenant: "acme",
      },
    ]);
  });

  it("may be left without what its functions have nothing for", () => {
    const nothing = (): undefined => undefined;
    const rule = aRule({ payload: nothing, overrides: nothing, actor: nothing, tenant: nothing });

    expect(sentBy(rule)).toEqual([
      { name: "shipped", to: [{ subscriberId: "u1" }], payload: {}, transactionId: expect.any(String) },
    ]);
  });

  it("takes objects with a toJSON as what it gives", () => {
    class Money {
      toJSON(): object {
        return { amount: 1 };
      }
    }

    expect(sentBy(aRule({ payload: () => new Money() }))).toMatchObject([{ payload: { amount: 1 } }]);
  });

  it("reaches one who is named twice once, with what is said of her in either place", () => {
    const rule = aRule({
      to: ["u1", "u2", { subscriberId: "u1", email: "a", phone: undefined }, { subscriberId: "u1", email: "b" }, "u1"],
    });

    expect(sentBy(rule)).toMatchObject([{ to: [{ subscriberId: "u1", email: "b" }, { subscriberId: "u2" }] }]);
  });

  it("does not take a subscriber for a topic of the same name", () => {
    const topic = { type: "Topic", topicKey: "news" };

    expect(sentBy(aRule({ to: ["news", topic, topic] }))).toMatchObject([{ to: [{ subscriberId: "news" }, topic] }]);
  });
});

describe("a broadcast", () => {
  it("has no recipients", () => {
    const rule = { on: "order.shipped", broadcast: "incident", payload: { a: 1 } };

    const [wire] = wiresOf(rule);

    expect(wire?.json).toBe(`{"name":"incident","payload":{"a":1},"transactionId":"${wire?.transactionId}"}`);
  });
});

describe("a rule that cannot be followed", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  let deep: object = {};
  for (let level = 0; level < 20_000; level++) deep = { deep };

  it.each<[string, object, string]>([
    ["nobody", { to: [] }, "to: it names nobody"],
    ["an empty id", { to: "" }, "to: expected a text that is not empty"],
    ["a blank id", { to: [" "] }, "to[0]: expected a text that is not empty"],
    ["no recipient", { to: undefined }, "to: expected the id of a subscriber"],
    ["null", { to: ["u1", null] }, "to[1]: expected the id of a subscriber, or an object with subscriberId"],
    ["a number", { to: 7 }, "to: expected the id of a subscriber"],
    ["a list in a list", { to: [["u1"]] }, "to[0]: expected the id of a subscriber"],
    ["a hole", { to: Array(1) }, "to[0]: expected the id of a subscriber"],
    ["no subscriberId", { to: [{}] }, "to[0].subscriberId: expected a text that is not empty"],
    ["a subscriberId that is a number", { to: { subscriberId: 7 } }, "to.subscriberId: expected a text"],
    ["an email that is none", { to: { subscriberId: "u1", email: null } }, "to.email: expected a text"],
    ["an unknown field", { to: { subscriberId: "u1", mail: "a" } }, 'to: it has no field "mail"'],
    ["data that is a list", { to: { subscriberId: "u1", data: [] } }, "to.data: expected an object"],
    ["data with a cycle", { to: { subscriberId: "u1", data: cycle } }, "to.data: it has no JSON form"],
    ["another type", { to: { type: "topic", topicKey: "a" } }, 'to.type: the only one is "Topic"'],
    ["a topic without key", { to: [{ type: "Topic" }] }, "to[0].topicKey: expected a text that is not empty"],
    [
      "a topic with more",
      { to: { type: "Topic", topicKey: "a", subscriberId: "u1" } },
      'it has no field "subscriberId"',
    ],
    ["a payload that is a text", { payload: "a" }, "payload: expected an object"],
    ["a payload that is null", { payload: null }, "payload: expected an object"],
    ["a payload that is a list", { payload: [] }, "payload: expected an object"],
    ["a payload that becomes a text", { payload: new Date(0) }, "payload: expected an object"],
    ["a payload that becomes nothing", { payload: { toJSON: () => undefined } }, "payload: expected an object"],
    ["a BigInt", { payload: { n: 1n } }, "payload: it has no JSON form: remove BigInts"],
    ["a cycle", { payload: cycle }, "payload: it has no JSON form"],
    ["a payload without end", { payload: deep }, "payload: it has no JSON form"],
    ["overrides that are a text", { overrides: "a" }, "overrides: expected an object"],
    ["an actor that is empty", { actor: "" }, "actor: expected a text that is not empty"],
    ["an actor that is a list", { actor: ["u1"] }, "actor: expected the id of a subscriber"],
    ["an actor without id", { actor: { email: "a" } }, "actor.subscriberId: expected a text"],
    ["a tenant that is a number", { tenant: 7 }, "tenant: expected its identifier, or an object with identifier"],
    ["a tenant without identifier", { tenant: { name: "a" } }, "tenant.identifier: expected a text"],
    ["a tenant with more", { tenant: { identifier: "a", id: "a" } }, 'tenant: it has no field "id"'],
    ["a transaction id of a blank", { transactionId: "a b" }, "transactionId: expected 1 to 40 letters"],
    ["no transaction id", { transactionId: undefined }, "transactionId: expected 1 to 40 letters"],
  ])("gives %s", (_, wrong, words) => {
    const rule = aRule(Object.fromEntries(Object.entries(wrong).map(([field, value]) => [field, () => value])));

    expect(faultOf(rule)).toMatch(/^The rule "trigger:shipped" on "order\.shipped" failed: /);
    expect(faultOf(rule)).toContain(words);
  });

  it.each(["to", "payload", "overrides", "actor", "tenant", "transactionId"])(
    "has a function for %s that throws",
    (field) => {
      const rule = aRule({
        [field]: () => {
          throw new RangeError("of jane@example.test");
        },
      });

      expect(faultOf(rule)).toBe(`The rule "trigger:shipped" on "order.shipped" failed: ${field}: it threw RangeError`);
    },
  );

  it.each(["to", "payload", "overrides", "actor", "tenant", "transactionId"])("answers later for %s", (field) => {
    const rule = aRule({ [field]: () => Promise.reject(new Error("later")) });

    expect(faultOf(rule)).toContain(`${field}: it gave a promise: rules answer at once`);
  });

  it("throws what is no error", () => {
    const rule = aRule({
      to: () => {
        // oxlint-disable-next-line no-throw-literal typescript/only-throw-error
        throw "jane@example.test";
      },
    });

    expect(faultOf(rule)).toContain("to: it threw what is no error");
  });

  it("gives what begins when it is awaited, and does not begin it", () => {
    const then = vi.fn<(end: () => void) => void>();
    // oxlint-disable-next-line no-thenable
    const query = { then };

    expect(faultOf(aRule({ payload: () => query }))).toContain("payload: it gave a promise");
    expect(then).not.toHaveBeenCalled();
  });

  it("gives objects that throw when they are read", () => {
    const hostile = {
      get subscriberId(): string {
        throw new RangeError("of jane@example.test");
      },
    };

    expect(faultOf(aRule({ to: () => hostile }))).toMatch(/ failed: it threw RangeError$/);
  });

  it("shows nothing of the data", () => {
    const wrong = {
      to: () => [{ subscriberId: "u1", data: "s3cret", ["s3cret".repeat(10)]: 1 }],
      payload: () => "s3cret",
      actor: () => ({ subscriberId: ["s3cret"] }),
      transactionId: () => "s3cret s3cret",
    };

    for (const [field, value] of Object.entries(wrong))
      expect(faultOf(aRule({ [field]: value }))).not.toContain("s3cret");
    expect(faultOf(aRule({ to: () => ({ subscriberId: "u1", ["s3cret".repeat(10)]: 1 }) }))).toContain(
      "to: it has no field of that name",
    );
  });

  it("tells the log what was thrown", () => {
    const error = vi.fn<(fields: object, message: string) => void>();
    const silent = (): void => undefined;
    const cause = new TypeError("of jane@example.test");
    const rules = plannedRules(
      aRule({
        to: () => {
          throw cause;
        },
      }),
    );
    const book = new RuleBook(rules, "test", { debug: silent, info: silent, warn: silent, error });

    for (const rule of rules) book.render(rule, anEvent());

    expect(error.mock.calls).toEqual([
      [{ err: cause, event: "e1" }, 'The rule "trigger:shipped" on "order.shipped" failed: to: it threw TypeError.'],
    ]);
  });
});

describe("a cancel rule", () => {
  function cancellationOf(cancel: () => unknown): unknown {
    const rules = plannedRules({ on: "order.refunded", cancel });
    const book = new RuleBook(rules, "test");
    return rules.map((rule) => book.cancellationOf(rule, anEvent({ type: "order.refunded" })))[0];
  }

  it.each([{ event: "e1" }, { transactionId: "tf_a" }, { transactionId: "of/others: ü", event: undefined }])(
    "names %j",
    (named) => {
      expect(cancellationOf(() => named)).toEqual(JSON.parse(JSON.stringify(named)));
    },
  );

  it.each([
    undefined,
    null,
    "e1",
    {},
    [],
    { event: "e1", transactionId: "tf_a" },
    { event: "e1", more: 1 },
    { event: "" },
    { event: 7 },
    { transactionId: "" },
    { transactionId: "." },
    { transactionId: ".." },
    { transactionId: "a\nb" },
    { transactionId: "\ud800" },
    { transactionId: "a".repeat(256) },
    Promise.resolve({ event: "e1" }),
  ])("does not name %j", (named) => {
    expect(cancellationOf(() => named)).toEqual({
      fault: expect.stringMatching(/^The rule "cancel:order\.refunded" on "order\.refunded" failed: cancel/),
    });
  });

  it("throws", () => {
    const thrown = cancellationOf(() => {
      throw new TypeError("x");
    });

    expect(thrown).toEqual({ fault: expect.stringContaining("cancel: it threw TypeError") });
  });
});

describe("the rules", () => {
  const book = aRuleBook(
    aRule(),
    { on: "order.refunded", cancel: () => ({ event: "e1" }) },
    aRule({ id: "own" }),
    { on: "order.refunded", broadcast: "refunded" },
    { on: "order.refunded", trigger: "shipped", to: "u1", transactionId: () => "a" },
  );

  it("are the destinations of their event type, in the order written", () => {
    expect(book.destinationsOf("order.shipped")).toEqual(["trigger:shipped", "own"]);
    expect(book.destinationsOf("order.refunded")).toEqual([
      "cancel:order.refunded",
      "broadcast:refunded",
      "trigger:shipped",
    ]);
    expect(book.destinationsOf("constructor")).toEqual([]);
  });

  it("are found by type and destination", () => {
    expect(book.ruleOf("order.shipped", "own")).toMatchObject({ id: "own", on: "order.shipped" });
    expect(book.ruleOf("order.refunded", "trigger:shipped")).toMatchObject({ on: "order.refunded" });
    expect(book.ruleOf("order.refunded", "own")).toBeUndefined();
    expect(book.ruleOf("other", "own")).toBeUndefined();
  });

  it("send, unless they cancel", () => {
    expect(book.sending.map(({ on, id }) => `${on} ${id}`)).toEqual([
      "order.shipped trigger:shipped",
      "order.shipped own",
      "order.refunded broadcast:refunded",
      "order.refunded trigger:shipped",
    ]);
  });

  it("give ids without the event, unless they make them of it", () => {
    const rules = book.sending.map(
      (rule) => [book.transactionIdOf(rule, "e1", 0), book.render(rule, anEvent())] as const,
    );

    for (const [id, rendered] of rules.slice(0, 3))
      expect(rendered).toMatchObject({ triggers: [{ transactionId: id }] });
    expect(rules[3]?.[0]).toBeUndefined();
    expect(new Set(rules.map(([id]) => id)).size).toBe(4);
  });
});
