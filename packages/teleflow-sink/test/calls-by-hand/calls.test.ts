import { BusError, memoryStore } from "@bus/core";
import { virtualClock, type TeleflowRequestFault, type TeleflowStub, type TeleflowStubOptions } from "@bus/testkit";
import { describe, expect, expectTypeOf, it } from "vitest";
import { aService, aStartedBus, shipped, type BusScript, type StartedBus } from "../a-started-bus.ts";
import { withChange } from "../cancel/a-cancellation.ts";
import type { TeleflowCalls, TeleflowResult } from "../../src/index.ts";

interface ByHand extends StartedBus {
  readonly service: TeleflowStub;
  readonly calls: TeleflowCalls;
  /** Moves the clock on until the call has ended, in steps. */
  done<T>(call: Promise<T>, stepMs?: number): Promise<T>;
  /** What the call rejects with. */
  fails(call: Promise<unknown>): Promise<unknown>;
  asked(): readonly string[];
}

async function byHand(script: BusScript = {}, stub: TeleflowStubOptions = {}): Promise<ByHand> {
  const clock = virtualClock();
  const service = await aService({ ...stub, clock });
  const started = await aStartedBus(service, { ...script, clock });
  const { bus, until } = started;
  const done = async <T>(call: Promise<T>, stepMs = 100): Promise<T> => {
    const state = { isDone: false };
    const settled = call.finally(() => {
      state.isDone = true;
    });
    settled.catch(() => undefined);
    await until(async () => {
      await clock.advance(stepMs);
      if (!state.isDone) throw new Error("not yet");
    });
    return settled;
  };
  return {
    ...started,
    service,
    calls: bus.sinks.notify,
    done,
    fails: (call) =>
      done(
        call.then(
          () => "no error",
          (error: unknown) => error,
        ),
      ),
    asked: () => service.requests.map(({ operation }) => operation),
  };
}

const welcome = (subscriberId: string) => ({ name: "welcome", to: subscriberId });
/** Under ids of their own: the bus of these tests has no randomness. */
const welcomes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...welcome(`c${index}`), transactionId: `t${index}` }));

it("is typed", async () => {
  const { calls } = await byHand();

  expectTypeOf(calls.trigger).returns.resolves.toEqualTypeOf<TeleflowResult>();
  expectTypeOf(calls.cancel).returns.resolves.toEqualTypeOf<"cancelled" | "nothing to cancel">();
  // @ts-expect-error a broadcast goes to everybody
  expectTypeOf(calls.broadcast).parameter(0).toExtend<{ to: string }>();
});

describe("trigger()", () => {
  it("sends one trigger", async () => {
    const { calls, done, service } = await byHand();

    const result = await done(calls.trigger({ ...welcome("c0"), payload: { a: 1 }, transactionId: "mine" }));
    await service.settled();

    expect(result).toEqual({ status: "processed", transactionIds: ["mine"] });
    expect(service.requests.map(({ operation }) => operation)).toEqual(["trigger"]);
    expect(service.notificationsOf("c0")).toMatchObject([{ workflow: "welcome", payload: { a: 1 } }]);
  });

  it("splits more than 100 recipients, and gives all their ids", async () => {
    const { calls, done, service } = await byHand();
    const to = Array.from({ length: 250 }, (_, index) => `c${index}`);

    const result = await done(calls.trigger({ name: "welcome", to, transactionId: "mine" }));
    await service.settled();

    expect(result).toEqual({ status: "processed", transactionIds: ["mine", "mine_1", "mine_2"] });
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(to);
  });

  it.each([
    { state: "inactive", status: "trigger_not_active" },
    { state: "no-steps", status: "no_workflow_steps_defined" },
    { state: "no-active-steps", status: "no_workflow_active_steps_defined" },
  ] as const)("gives the service's status as a result: $status", async ({ state, status }) => {
    const { calls, done } = await byHand({}, { workflows: { welcome: { state } } });

    const result = await done(calls.trigger(welcome("c0")));

    expect(result).toMatchObject({ status, transactionIds: [expect.stringMatching(/^tf_/)] });
  });

  it.each([
    { fault: { status: "no_tenant_found" }, status: "no_tenant_found" },
    { fault: { status: "error", error: ["a lost connection"] }, status: "error", error: ["a lost connection"] },
    { fault: { status: "error", error: ["to must be a list"] }, status: "error", error: ["to must be a list"] },
    { fault: { status: "something_new" }, status: "unknown" },
  ])("gives what it says of the trigger as a result: $fault", async ({ fault, ...result }) => {
    const { calls, done, service } = await byHand();
    service.faults = { trigger: () => fault };

    expect(await done(calls.trigger(welcome("c0")))).toMatchObject(result);
  });

  const failures: readonly { readonly fault: TeleflowRequestFault; readonly code: string; readonly says: RegExp }[] = [
    { fault: answered(401), code: "BUS_TELEFLOW_REFUSED", says: /refused the trigger with 401/ },
    { fault: answered(404), code: "BUS_TELEFLOW_REFUSED", says: /refused the trigger with 404/ },
    { fault: answered(409), code: "BUS_TELEFLOW_REFUSED", says: /refused the trigger with 409/ },
    {
      fault: answered(422, "Request is being reused for a different body"),
      code: "BUS_TELEFLOW_REFUSED",
      says: /with 422: .*reused/,
    },
    {
      fault: answered(429),
      code: "BUS_TELEFLOW_REFUSED",
      says: /with 429: the rate limit is used up, call again in 60 s/,
    },
    { fault: answered(500, "down"), code: "BUS_TELEFLOW_REFUSED", says: /with 500: down\.$/ },
    { fault: { kind: "status", status: 502, json: false }, code: "BUS_TELEFLOW_REFUSED", says: /with 502/ },
    { fault: { kind: "reset" }, code: "BUS_HTTP_FAILED", says: /failed at waiting for the answer/ },
    { fault: { kind: "hang" }, code: "BUS_HTTP_FAILED", says: /failed at waiting for the answer/ },
  ];
  it.each(failures)("rejects when the request fails: $fault", async ({ fault, code, says }) => {
    const { calls, fails, service, asked } = await byHand({ apiKey: "test-key", deadlineMs: 1_000 });
    service.faults = { request: () => fault };

    const error = await fails(calls.trigger(welcome("c0")));

    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(asked()).toHaveLength(1);
  });

  it.each([
    { fault: answered(400, "to is bad"), words: "to is bad" },
    { fault: answered(413, "too large"), words: "too large" },
    { fault: answered(422, "workflow_not_found"), words: "workflow_not_found" },
  ])(
    "gives what the service finds wrong with it as a result, alone as among others: $words",
    async ({ fault, words }) => {
      const { calls, done, service } = await byHand();
      service.faults = {
        request: ({ triggers }) => (triggers.some(({ name }) => name === "welcome") ? fault : undefined),
      };

      const alone = await done(calls.trigger({ ...welcome("c0"), transactionId: "a" }));
      const [among] = await done(
        Promise.all([
          calls.trigger({ ...welcome("c0"), transactionId: "b" }),
          calls.trigger({ ...welcome("c1"), name: "other" }),
        ]),
      );

      expect(alone).toEqual({ status: "error", transactionIds: ["a"], error: [words] });
      expect(among).toEqual({ status: "error", transactionIds: ["b"], error: [words] });
    },
  );

  it("does not tell a 2xx that is no JSON for a success", async () => {
    const { calls, done, service } = await byHand();
    service.faults = { request: () => ({ kind: "body", status: 200, body: "<p>" }) };

    const result = await done(calls.trigger(welcome("c0")));

    expect(result).toMatchObject({ status: "unknown", error: [expect.stringContaining("without a result")] });
  });

  it("rejects when nobody listens there", async () => {
    const { calls, fails, service } = await byHand();
    await service.close();

    expect(await fails(calls.trigger(welcome("c0")))).toMatchObject({
      code: "BUS_HTTP_FAILED",
      message: expect.stringContaining("failed at sending"),
    });
  });

  it("shows the key in no error, whatever the service says", async () => {
    const { calls, fails, service } = await byHand();
    service.faults = { request: () => answered(401, "no such key: test-key") };

    const error = await fails(calls.trigger(welcome("c0")));

    expect(String((error as Error).message)).not.toContain("test-key");
  });

  it("has another idempotency key after an error answer, and the same after none", async () => {
    const { calls, done, fails, service } = await byHand();
    const call = () => calls.trigger({ ...welcome("c0"), transactionId: "mine" });
    service.faults = {
      request: (_, index) => [{ kind: "reset" } as const, answered(500)][index],
    };

    await fails(call());
    await fails(call());
    await done(call());
    const [first, second, third] = service.requests.map(({ headers }) => headers["idempotency-key"]);

    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it("waits for a trigger of the same id that is on its way", async () => {
    const rules = [{ on: "order.shipped", trigger: "order-shipped", to: "c0", transactionId: () => "mine" }] as const;
    const { bus, calls, done, until, service, asked } = await byHand({ rules });
    const { promise: seen, resolve } = Promise.withResolvers<void>();
    service.faults = {
      request: (_, index) => {
        resolve();
        return index === 0 ? { kind: "latency", ms: 60 } : undefined;
      },
    };
    await bus.publishMany(shipped(1));
    await until(() => expect(asked()).toHaveLength(1));
    await seen;

    const call = calls.trigger({ ...welcome("c0"), transactionId: "mine" });
    await until(() => expect(service.requests[0]?.status).toBe(201));
    const before = asked().length;
    await done(call);

    expect(before).toBe(1);
    expect(service.dropped).toEqual([{ transactionId: "mine", reason: "duplicate" }]);
  });

  it("is not sent under an id that was cancelled", async () => {
    const { calls, done, fails, asked } = await byHand({ cancelGraceMs: 0 });
    await done(calls.cancel("mine"));

    const error = await fails(calls.trigger({ ...welcome("c0"), transactionId: "mine" }));

    expect(error).toMatchObject({
      code: "BUS_OPTION_INVALID",
      message: "The trigger: its transactionId was cancelled before: give it another one.",
    });
    expect(asked()).toEqual(["cancel"]);
  });

  it.each([
    { what: "no recipients", trigger: { name: "welcome", to: [] } },
    { what: "no name", trigger: { to: "c0" } },
    { what: "an unknown field", trigger: { ...welcome("c0"), nam: 1 } },
    { what: "nothing", trigger: undefined },
  ])("sends nothing of what is not as its type says: $what", async ({ trigger }) => {
    const { calls, fails, asked } = await byHand();

    const error = await fails(calls.trigger(trigger as never));

    expect(error).toMatchObject({ code: "BUS_OPTION_INVALID", message: expect.stringMatching(/^trigger\(\)/) });
    expect(asked()).toEqual([]);
  });
});

describe("triggerBulk()", () => {
  it("splits any number, and gives the results in order", async () => {
    const { calls, done, service } = await byHand();
    const triggers = welcomes(250);
    service.faults = {
      trigger: ({ transactionId }) => (transactionId === "t170" ? { status: "no_tenant_found" } : undefined),
    };

    const results = await done(calls.triggerBulk(triggers));

    expect(service.requests.map(({ triggers: sent }) => sent.length)).toEqual([100, 100, 50]);
    expect(results.map(({ transactionIds }) => transactionIds[0])).toEqual(
      triggers.map(({ transactionId }) => transactionId),
    );
    expect(results.findIndex(({ status: said }) => said !== "processed")).toBe(170);
    expect(results[170]?.status).toBe("no_tenant_found");
  });

  it("holds 99 good ones back for no bad one", async () => {
    const { calls, done, service } = await byHand();
    service.faults = {
      request: ({ triggers }) =>
        triggers.some(({ transactionId }) => transactionId === "t7") ? answered(400, "t7 is bad") : undefined,
    };

    const results = await done(calls.triggerBulk(welcomes(10)));

    expect(results.filter(({ status: said }) => said === "processed")).toHaveLength(9);
    expect(results[7]).toEqual({ status: "error", transactionIds: ["t7"], error: ["t7 is bad"] });
  });

  it("sends single triggers where the rate limit can never pass a bulk", async () => {
    const { calls, done, service, asked } = await byHand({}, { rateLimit: { limit: 60, windowSeconds: 1, burst: 66 } });

    const results = await done(calls.triggerBulk(welcomes(3)));

    expect(results.map(({ status: said }) => said)).toEqual(["processed", "processed", "processed"]);
    expect(service.requests.filter(({ status: code }) => code === 201).map(({ operation }) => operation)).toEqual([
      "trigger",
      "trigger",
      "trigger",
    ]);
    expect(asked().filter((operation) => operation === "bulk")).toHaveLength(1);
  });

  it("gives each hundred its own time", async () => {
    const { calls, done, service } = await byHand({ batch: { maxTriggers: 25 } });
    service.faults = { request: () => ({ kind: "latency", ms: 20_000 }) };

    const results = await done(calls.triggerBulk(welcomes(200)), 2_000);

    const late = results.flatMap(({ status }, index) => (status === "processed" ? [] : [index]));
    expect(late).toEqual([...numbers(75, 100), ...numbers(175, 200)]);
    expect(results[75]).toMatchObject({ status: "failed", error: ["No time was left to send it."] });
  });

  it("waits for the rate limit as long as each hundred has time", async () => {
    const { calls, done, service, asked } = await byHand();
    service.faults = { request: (_, index) => (index < 3 ? answered(429, "no", 20) : undefined) };

    const results = await done(calls.triggerBulk(welcomes(200)), 1_000);

    const processed = results.flatMap(({ status }, index) => (status === "processed" ? [index] : []));
    expect(processed).toEqual(numbers(100, 200));
    expect(results[0]).toMatchObject({ status: "failed", error: [expect.stringMatching(/^Teleflow answered 429/)] });
    expect(asked()).toHaveLength(4);
  });

  it("gives its results although the notes on them cannot be kept", async () => {
    const store = withChange(memoryStore(), (changes, change) =>
      changes.some(({ key }) => key.startsWith("unit/")) ? Promise.reject(new Error("the disk is full")) : change(),
    );
    const { calls, done, service } = await byHand({ store });
    service.faults = {
      trigger: ({ transactionId }) => (transactionId === "t1" ? { status: "trigger_not_active" } : undefined),
    };

    const results = await done(calls.triggerBulk(welcomes(2)));

    expect(results.map(({ status }) => status)).toEqual(["processed", "trigger_not_active"]);
  });

  it("has noted an error answer by the time that it waits", async () => {
    const { calls, fails, done, until, service, clock } = await byHand({ batch: { maxTriggers: 1 } });
    const faults = [answered(500), answered(429, undefined, 10)];
    service.faults = { request: (_, index) => faults[index] };
    const controller = new AbortController();

    const givenUp = fails(calls.triggerBulk(welcomes(2), { signal: controller.signal }));
    await until(() => expect(service.requests[1]?.status).toBe(429));
    controller.abort();
    await givenUp;
    await clock.advance(10_000);
    await done(calls.triggerBulk(welcomes(1)));

    const [first, , again] = service.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(again).not.toBe(first);
  });

  it("takes as long as the rate limit asks for", async () => {
    const { calls, done, clock } = await byHand({}, { rateLimit: { limit: 60, windowSeconds: 1, burst: 120 } });
    const before = clock.now();

    const results = await done(calls.triggerBulk(welcomes(500)));

    expect(results.filter(({ status: said }) => said === "processed")).toHaveLength(500);
    expect(clock.now() - before).toBeGreaterThan(6_000);
  });

  it.each([
    { fault: { kind: "reset" } as const, said: "unknown" },
    { fault: answered(500, "down"), said: "failed" },
    { fault: answered(401, "gone"), said: "failed" },
  ])("says of those whose request failed that they did: $fault", async ({ fault, said }) => {
    const { calls, done, service } = await byHand();
    service.faults = { request: (_, index) => (index === 1 ? fault : undefined) };

    const results = await done(calls.triggerBulk(welcomes(200)));

    expect(results.slice(0, 100).every(({ status: one }) => one === "processed")).toBe(true);
    expect(results.slice(100).every(({ status: one, error }) => one === said && error?.length === 1)).toBe(true);
  });

  it("rejects when no request was answered with a 2xx, and asks no more after a 401", async () => {
    const { calls, fails, service, asked } = await byHand();
    service.faults = { request: () => answered(401, "who?") };

    const error = await fails(calls.triggerBulk(welcomes(300)));

    expect(error).toMatchObject({ code: "BUS_TELEFLOW_REFUSED", message: "Teleflow refused the bulk with 401: who?." });
    expect(asked()).toHaveLength(1);
  });

  it("rejects with what the service said, although the first was not sent for it", async () => {
    const { calls, fails, service } = await byHand();
    service.faults = {
      request: (_, index) => (index === 0 ? answered(400, "Event at index 0: no") : answered(401, "who?")),
    };

    const error = await fails(calls.triggerBulk(welcomes(3)));

    expect(error).toMatchObject({ code: "BUS_TELEFLOW_REFUSED", message: "Teleflow refused the bulk with 401: who?." });
  });

  it("takes none", async () => {
    const { calls, done, asked } = await byHand();

    expect(await done(calls.triggerBulk([]))).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it.each([
    { what: "no list", triggers: welcome("c0"), says: "triggerBulk(): expected a list" },
    { what: "a bad one", triggers: [welcome("c0"), { name: "welcome", to: [] }], says: "triggerBulk()[1]: " },
    {
      what: "one id twice",
      triggers: ["c0", "c1"].map((to) => ({ ...welcome(to), transactionId: "mine" })),
      says: "triggerBulk()[1]: its transactionId is that of [0].",
    },
  ])("sends nothing of what is not as its type says: $what", async ({ triggers, says }) => {
    const { calls, fails, asked } = await byHand();

    const error = await fails(calls.triggerBulk(triggers as never));

    expect(error).toMatchObject({ code: "BUS_OPTION_INVALID", message: expect.stringContaining(says) });
    expect(asked()).toEqual([]);
  });
});

describe("broadcast()", () => {
  it("reaches every subscriber", async () => {
    const { calls, done, service } = await byHand({}, { subscribers: ["c0", "c1"] });

    const result = await done(calls.broadcast({ name: "news", payload: { a: 1 }, transactionId: "mine" }));
    await service.settled();

    expect(result).toEqual({ status: "processed", transactionIds: ["mine"] });
    expect(service.notifications).toHaveLength(2);
  });

  it("rejects when the rate limit can never pass it, and asks only until that is known", async () => {
    const { calls, fails, asked } = await byHand({}, { rateLimit: { limit: 60, windowSeconds: 1, burst: 66 } });

    const error = await fails(calls.broadcast({ name: "news" }));
    await fails(calls.broadcast({ name: "news" }));

    expect(error).toMatchObject({
      code: "BUS_TELEFLOW_REFUSED",
      message: expect.stringContaining("allows 66 at most"),
    });
    expect(asked()).toEqual(["broadcast"]);
  });

  it("rejects when no answer comes", async () => {
    const { calls, fails, service, asked } = await byHand();
    service.faults = { request: () => ({ kind: "reset", accepts: true }) };

    expect(await fails(calls.broadcast({ name: "news" }))).toMatchObject({ code: "BUS_HTTP_FAILED" });
    expect(asked()).toEqual(["broadcast"]);
  });
});

describe("cancel()", () => {
  const delayed = { workflows: { "order-shipped": { delayMs: 3_600_000 }, welcome: { delayMs: 3_600_000 } } };

  it("cancels what was triggered by hand", async () => {
    const { calls, done, service } = await byHand({}, delayed);
    await done(calls.trigger({ ...welcome("c0"), transactionId: "mine" }));

    expect(await done(calls.cancel("mine"))).toBe("cancelled");
    expect(service.dropped).toEqual([{ transactionId: "mine", reason: "cancelled" }]);
  });

  it("cancels what a rule has sent for an event", async () => {
    const { bus, calls, done, reach } = await byHand({}, delayed);
    await bus.publishMany(shipped(1));
    await reach({ delivered: 1 });

    expect(await done(calls.cancel({ event: "o0" }))).toBe("cancelled");
  });

  it.each(["event", "transaction"])("removes what the bus still holds, without a request: by %s", async (by) => {
    const { bus, calls, done, reach, asked, deliveries } = await byHand({
      rules: [{ on: "order.shipped", trigger: "order-shipped", to: "c0", transactionId: (e) => `of-${e.id}` }],
    });
    await bus.lanes.pause({ sink: "notify", destination: "trigger:order-shipped" });
    await bus.publishMany(shipped(3));

    const result = await done(calls.cancel(by === "event" ? { event: "o1" } : "of-o1"));

    expect(result).toBe("cancelled");
    await reach({ pending: 2, discarded: 1 });
    expect((await deliveries()).find(({ state }) => state === "discarded")?.event.id).toBe("o1");
    expect(asked()).toEqual([]);
  });

  it("finds what waits by the id that the sink has made", async () => {
    const { bus, calls, done, clock, service, reach, deliveries, settled } = await byHand();
    service.faults = { request: () => ({ kind: "reset", accepts: false }) };
    await bus.publishMany(shipped(1));
    await settled();
    service.faults = {};
    const transactionId = service.requests[0]?.triggers[0]?.transactionId ?? "";

    const result = await done(calls.cancel(transactionId));

    expect(result).toBe("nothing to cancel");
    await reach({ discarded: 1 });
    await clock.advance(60_000);
    expect((await deliveries())[0]?.attempts).toBe(1);
    expect(service.notifications).toEqual([]);
  });

  it("has nothing to cancel of an id that nobody knows, after the grace", async () => {
    const { calls, done, clock, asked } = await byHand({ cancelGraceMs: 10_000 });
    const before = clock.now();

    expect(await done(calls.cancel("nobody's"))).toBe("nothing to cancel");
    expect(clock.now() - before).toBeGreaterThanOrEqual(10_000);
    expect(asked()).toEqual(["cancel", "cancel", "cancel"]);
  });

  it("waits for the rate limit where that is not long", async () => {
    const { calls, done, service, clock, asked } = await byHand({ cancelGraceMs: 0 });
    const headers = { "retry-after": "7" };
    service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 429, headers } : undefined) };
    const before = clock.now();

    expect(await done(calls.cancel("mine"))).toBe("nothing to cancel");
    expect(clock.now() - before).toBeGreaterThanOrEqual(7_000);
    expect(asked()).toEqual(["cancel", "cancel"]);
  });

  it("escapes the id in the path", async () => {
    const { calls, done, service } = await byHand({ cancelGraceMs: 0 });

    await done(calls.cancel("a/b c"));

    expect(service.requests[0]?.path).toBe("/v1/events/trigger/a%2Fb%20c");
  });

  it.each([
    { fault: answered(401), code: "BUS_TELEFLOW_REFUSED", says: "refused the cancellation with 401" },
    { fault: answered(500, "down"), code: "BUS_TELEFLOW_REFUSED", says: "with 500: down." },
    { fault: answered(429), code: "BUS_TELEFLOW_REFUSED", says: "with 429" },
    { fault: { kind: "reset" } as const, code: "BUS_HTTP_FAILED", says: "failed at waiting for the answer" },
  ])("rejects when the request fails, and the trigger is kept back all the same: $fault", async (row) => {
    const { bus, calls, fails, service, asked, reach } = await byHand();
    service.faults = { request: () => row.fault };

    const error = await fails(calls.cancel({ event: "o0" }));
    service.faults = {};
    await bus.publishMany(shipped(1));
    await reach({ skipped: 1 });

    expect(error).toMatchObject({ code: row.code, message: expect.stringContaining(row.says) });
    expect(asked()).not.toContain("trigger");
  });

  it.each([{ what: "" }, { what: {} }, { what: { event: "a", transactionId: "b" } }, { what: undefined }])(
    "takes no $what",
    async ({ what }) => {
      const { calls, fails, asked } = await byHand();

      const error = await fails(calls.cancel(what as never));

      expect(error).toMatchObject({ code: "BUS_OPTION_INVALID", message: expect.stringMatching(/^cancel\(\)/) });
      expect(asked()).toEqual([]);
    },
  );
});

const EACH = [
  { name: "trigger", call: (calls: TeleflowCalls, signal?: AbortSignal) => calls.trigger(welcome("c0"), { signal }) },
  {
    name: "triggerBulk",
    call: (calls: TeleflowCalls, signal?: AbortSignal) => calls.triggerBulk(welcomes(2), { signal }),
  },
  {
    name: "broadcast",
    call: (calls: TeleflowCalls, signal?: AbortSignal) => calls.broadcast({ name: "news" }, { signal }),
  },
  { name: "cancel", call: (calls: TeleflowCalls, signal?: AbortSignal) => calls.cancel("mine", { signal }) },
] as const;

describe.each(EACH)("$name()", ({ call }) => {
  it("ends with the reason of its signal, before and while it is on its way", async () => {
    const { calls, fails, until, service, asked } = await byHand();
    service.faults = { request: () => ({ kind: "hang" }) };
    const controller = new AbortController();
    const reason = new Error("the host gave up");

    const underWay = fails(call(calls, controller.signal));
    await until(() => expect(asked()).toHaveLength(1));
    controller.abort(reason);

    expect(await underWay).toBe(reason);
    expect(await fails(call(calls, controller.signal))).toBe(reason);
    expect(asked()).toHaveLength(1);
  });

  it("ends with BUS_NOT_RUNNING when the bus stops, and after", async () => {
    const { calls, until, service, asked, stop } = await byHand({ stopTimeoutMs: 100 });
    service.faults = { request: () => ({ kind: "hang" }) };

    const underWay = call(calls).catch((error: unknown) => error);
    await until(() => expect(asked()).toHaveLength(1));
    await stop();

    expect(await underWay).toMatchObject({ code: "BUS_NOT_RUNNING" });
    expect(await call(calls).catch((error: unknown) => BusError.is(error) && error.code)).toBe("BUS_NOT_RUNNING");
    expect(asked()).toHaveLength(1);
  });
});

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function answered(code: number, message?: string, retryAfter = 60): TeleflowRequestFault {
  return {
    kind: "status",
    status: code,
    headers: code === 429 ? { "retry-after": String(retryAfter) } : {},
    ...(message !== undefined && { message }),
  };
}
