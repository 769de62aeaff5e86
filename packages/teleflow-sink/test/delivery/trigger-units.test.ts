import { memoryStore, type StateStore, type Store } from "@bus/core";
import type { TeleflowStubRequest } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";
import { withChange } from "../cancel/a-cancellation.ts";

const HOUR_MS = 3_600_000;

const toCustomer: ShopRule = { on: "order.shipped", trigger: "order-shipped", to: (e) => e.data.customerId };
const toDepot: ShopRule = { on: "order.shipped", trigger: "stock-changed", to: "depot" };
const toAll: ShopRule = { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds };

describe("several rules on one event", () => {
  it("are units of their own, with transaction ids of their own, and go together", async () => {
    const service = await aService();
    const { bus, reach } = await aStartedBus(service, { rules: [toCustomer, toDepot] });

    await bus.publishMany(shipped(1));
    const ended = await reach({ delivered: 2 });

    expect(ended.map(({ destination }) => destination).toSorted()).toEqual([
      "trigger:order-shipped",
      "trigger:stock-changed",
    ]);
    expect(ended.map(({ id }) => id)).toContain("o0/notify/trigger:stock-changed");
    expect(sizesOf(service.requests)).toEqual([["bulk", 2]]);
    const ids = service.requests[0]?.triggers.map(({ transactionId }) => transactionId);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toEqual([expect.stringMatching(/^tf_[a-z2-7]{37}$/), expect.stringMatching(/^tf_[a-z2-7]{37}$/)]);
  });

  it("end each on its own", async () => {
    const service = await aService({ workflows: { "order-shipped": {}, "stock-changed": { state: "inactive" } } });
    const { bus, reach } = await aStartedBus(service, { rules: [toCustomer, toDepot] });

    await bus.publishMany(shipped(1));
    const ended = await reach({ delivered: 1, dead: 1 });

    expect(ended.find(({ state }) => state === "dead")?.destination).toBe("trigger:stock-changed");
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["c0"]);
  });

  it("do not hold each other up: one that cannot be followed is a dead letter, and is sent when it is mended and replayed", async () => {
    const service = await aService();
    const broken = { isBroken: true };
    const mended: ShopRule = {
      on: "order.shipped",
      trigger: "stock-changed",
      to: () => (broken.isBroken ? "" : "depot"),
    };
    const { bus, reach } = await aStartedBus(service, { rules: [toCustomer, mended] });

    await bus.publishMany(shipped(1));
    const dead = (await reach({ delivered: 1, dead: 1 })).find(({ state }) => state === "dead");
    broken.isBroken = false;
    await bus.deliveries.replay(dead?.id ?? "");
    await reach({ delivered: 2 });
    await service.settled();

    expect(dead?.reason).toContain('"trigger:stock-changed"');
    expect(dead?.reason).toContain("to");
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["c0", "depot"]);
  });

  it("of several event types may share a lane", async () => {
    const service = await aService();
    const rules: readonly ShopRule[] = [
      { ...toCustomer, id: "mail" },
      { on: "incident.opened", broadcast: "incident", id: "mail" },
      { on: "order.refunded", trigger: "order-refunded", to: "depot", id: "mail" },
    ];
    const { bus, reach } = await aStartedBus(service, { rules });

    await bus.publishMany([
      ...shipped(1),
      { type: "incident.opened", data: { title: "down" } },
      { type: "order.refunded", data: { orderId: "o9", shippedEventId: "o9" } },
    ]);
    const ended = await reach({ delivered: 3 });

    expect(ended.map(({ destination }) => destination)).toEqual(["mail", "mail", "mail"]);
    expect(sizesOf(service.requests).toSorted()).toEqual([
      ["broadcast", 1],
      ["bulk", 2],
    ]);
  });
});

describe("a lane that rules of two kinds share", () => {
  it("does not send a broadcast again because of a trigger beside it, of which nothing could be noted", async () => {
    const service = await aService({ subscribers: ["s"], idempotency: false });
    let failing = 1;
    service.faults = {
      request: ({ operation }) =>
        operation === "trigger" && failing > 0 ? { kind: "status", status: 500 } : undefined,
    };
    const store = withChange(memoryStore(), (changes, change) => {
      if (failing === 0 || !changes.some(({ value }) => value?.includes("epoch"))) return change();
      failing -= 1;
      return Promise.reject(new Error("disk full"));
    });
    const rules: readonly ShopRule[] = [
      { ...toCustomer, id: "mail" },
      { on: "incident.opened", broadcast: "incident", id: "mail" },
    ];
    const { bus, clock, settled, reach, logged } = await aStartedBus(service, { store, rules });

    await bus.publishMany([...shipped(1), { type: "incident.opened", id: "i0", data: { title: "down" } }]);
    const first = await settled();
    await clock.advance(1_200);
    await reach({ delivered: 2 });

    expect(first.map(({ event, state, reason }) => [event.id, state, reason])).toEqual([
      ["o0", "pending", "disk full"],
      ["i0", "delivered", undefined],
    ]);
    expect(sizesOf(service.requests).toSorted()).toEqual([
      ["broadcast", 1],
      ["trigger", 1],
      ["trigger", 1],
    ]);
    expect(logged.filter(({ level }) => level === "error")).toMatchObject([
      { fields: { err: new Error("disk full") }, message: expect.stringContaining("The triggers of a batch") },
    ]);
  });
});

describe("what is due together", () => {
  it("goes in one request, and one alone as a single trigger", async () => {
    const service = await aService();
    const { bus, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(1));
    await reach({ delivered: 1 });
    await bus.publishMany(shipped(100, 1));
    await reach({ delivered: 101 });

    expect(sizesOf(service.requests)).toEqual([
      ["trigger", 1],
      ["bulk", 100],
    ]);
  });

  it.each([
    { bound: "100 triggers", batch: {}, sizes: [100, 100, 50] },
    { bound: "maxTriggers", batch: { maxTriggers: 60 }, sizes: [60, 60, 60, 60, 10] },
  ])("goes in bulks of at most $bound", async ({ batch, sizes }) => {
    const service = await aService();
    const { bus, reach } = await aStartedBus(service, { batch });

    await bus.publishMany(shipped(250));
    await reach({ delivered: 250 });

    expect(service.requests.map(({ triggers }) => triggers.length).toSorted((a, b) => b - a)).toEqual(sizes);
  });

  it("goes in bulks of at most maxBytes", async () => {
    const service = await aService();
    const { bus, reach } = await aStartedBus(service, { batch: { maxBytes: 2_000 } });

    await bus.publishMany(shipped(100));
    await reach({ delivered: 100 });

    expect(Math.max(...service.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(2_000);
    expect(Math.max(...service.requests.map(({ bytes }) => bytes))).toBeGreaterThan(1_500);
  });

  it("reads notes once for a batch and writes none while all goes well", async () => {
    const service = await aService();
    const { store, changes, reads } = watched();
    const { bus, reach } = await aStartedBus(service, { store });

    const before = { reads: reads(), changes: changes() };
    await bus.publishMany(shipped(100));
    await reach({ delivered: 100 });

    expect({ reads: reads(), changes: changes() }).toEqual({ ...before, reads: before.reads + 1 });
  });
});

describe("what is noted of a trigger", () => {
  it("goes once it went through", async () => {
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 500 } : undefined) };
    const { store, keys } = watched();
    const { bus, clock, settled, reach } = await aStartedBus(service, { store });

    await bus.publishMany(shipped(3));
    await settled();
    const noted = await keys();
    await clock.advance(1_200);
    await reach({ delivered: 3 });

    expect(noted).toHaveLength(3);
    expect(await keys()).toEqual([]);
  });

  it("is written before an old event is sent, once for all, and goes", async () => {
    const service = await aService();
    const { store, changes, keys } = watched();
    const { bus, clock, reach } = await aStartedBus(service, { store });
    const lane = { sink: "notify", destination: "trigger:order-shipped" };
    await bus.lanes.pause(lane);
    await bus.publishMany(shipped(3));
    await clock.advance(25 * HOUR_MS);
    let noted = 0;
    service.faults = {
      request: () => {
        noted = changes();
        return undefined;
      },
    };

    const before = changes();
    await bus.lanes.resume(lane);
    await reach({ delivered: 3 });

    expect(noted).toBe(before + 1);
    expect(changes()).toBe(before + 2);
    expect(await keys()).toEqual([]);
  });

  it("is nothing where it is dropped", async () => {
    const service = await aService({ workflows: { "order-shipped": { state: "inactive" } } });
    const { store, keys } = watched();
    const { bus, reach } = await aStartedBus(service, { store, onInactive: "drop" });

    await bus.publishMany(shipped(3));
    await reach({ skipped: 3 });

    expect(await keys()).toEqual([]);
  });

  it("is read before anything is sent: while the store fails nothing is", async () => {
    const service = await aService();
    const { store, faults } = watched();
    const { bus, clock, settled, reach } = await aStartedBus(service, { store });
    faults.get = new Error("disk gone");

    await bus.publishMany(shipped(1));
    const [open] = await settled();
    faults.get = undefined;
    const before = service.requests.length;
    await clock.advance(1_200);
    await reach({ delivered: 1 });

    expect(open).toMatchObject({ state: "pending", reason: "disk gone" });
    expect(before).toBe(0);
  });
});

describe("more than 100 recipients", () => {
  const customerIds = Array.from({ length: 250 }, (_, index) => `c${index}`);

  it("are reached by several triggers, each with an id of its own", async () => {
    const service = await aService();
    const { bus, reach } = await aStartedBus(service, { rules: [toAll] });

    await bus.publish("digest.due", { customerIds });
    const [ended] = await reach({ delivered: 1 });
    await service.settled();

    const triggers = service.requests.flatMap((request) => request.triggers);
    expect(triggers.map(({ to }) => (to as readonly unknown[]).length)).toEqual([100, 100, 50]);
    expect(ended?.history[0]?.info?.detail).toBe(triggers.map(({ transactionId }) => transactionId).join(", "));
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(customerIds);
  });

  it("are one unit: what went through is not sent again while the rest is tried", async () => {
    const service = await aService();
    service.faults = {
      trigger: ({ to }, { triggers }) =>
        (to as readonly unknown[]).length === 50 && triggers.length === 3 ? { status: "error" } : undefined,
    };
    const { bus, clock, settled, reach } = await aStartedBus(service, { rules: [toAll] });

    await bus.publish("digest.due", { customerIds });
    const [open] = await settled();
    await clock.advance(1_200);
    const [ended] = await reach({ delivered: 1 });
    await service.settled();

    expect(open).toMatchObject({ state: "pending", attempts: 1 });
    expect(sizesOf(service.requests)).toEqual([
      ["bulk", 3],
      ["trigger", 1],
    ]);
    expect(ended?.history.at(-1)?.info?.detail?.split(", ")).toHaveLength(3);
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(customerIds);
  });

  it("end as a dead letter where one part does, and a replay sends that one alone", async () => {
    const service = await aService();
    service.faults = {
      trigger: ({ to }) => ((to as readonly unknown[]).length === 50 ? { status: "invalid_recipients" } : undefined),
    };
    const { bus, reach } = await aStartedBus(service, { rules: [toAll] });

    await bus.publish("digest.due", { customerIds });
    const [dead] = await reach({ dead: 1 });
    service.faults = {};
    await bus.deliveries.replay(dead?.id ?? "");
    await reach({ delivered: 1 });

    expect(sizesOf(service.requests)).toEqual([
      ["bulk", 3],
      ["trigger", 1],
    ]);
  });

  it("count the tries of a unit of which one part failed and the rate limit held up another", async () => {
    const service = await aService();
    service.faults = {
      request: (_, index) =>
        index === 0 ? { kind: "status", status: 500 } : index < 4 ? { kind: "status", status: 429 } : undefined,
    };
    const { bus, clock, settled, reach } = await aStartedBus(service, { rules: [toAll], batch: { maxTriggers: 2 } });

    await bus.publish("digest.due", { customerIds });
    const [held] = await settled();
    for (let second = 0; second < 20; second += 1) await clock.advance(1_000);
    await reach({ delivered: 1 });

    expect(held).toMatchObject({ state: "pending", attempts: 1 });
  });
});

describe("more than 100 recipients of an old event", () => {
  it.each([
    { when: "a day and a half after it", before: 40, between: 0 },
    { when: "before that, and then not for a while", before: 20, between: 20 },
  ])("are all reached where one part failed and the rate limit held up another: $when", async ({ before, between }) => {
    const service = await aService();
    service.faults = {
      request: (_, index) =>
        [{ kind: "status", status: 500 } as const, { kind: "status", status: 429 } as const][index],
    };
    const { bus, clock, settled, reach } = await aStartedBus(service, { rules: [toAll], batch: { maxTriggers: 1 } });
    const lane = { sink: "notify", destination: "trigger:digest" };
    await bus.lanes.pause(lane);
    await bus.publish("digest.due", { customerIds: Array.from({ length: 150 }, (_, index) => `c${index}`) });
    await clock.advance(before * HOUR_MS);
    await bus.lanes.resume(lane);
    const [open] = await settled();
    await bus.lanes.pause(lane);
    await clock.advance(between * HOUR_MS + 2_000);
    await bus.lanes.resume(lane);
    await reach({ delivered: 1 });
    await service.settled();

    expect(open).toMatchObject({ state: "pending", attempts: 1 });
    expect(service.notifications).toHaveLength(150);
  });
});

it("an old event is sent though its notes could not be read or written at first", async () => {
  const service = await aService();
  const { store, faults } = watched();
  let failing = 0;
  const broken = withChange(store, (changes, change) => {
    if (failing === 0 || !changes.some(({ key }) => key.startsWith("unit/"))) return change();
    failing -= 1;
    return Promise.reject(new Error("disk full"));
  });
  const { bus, clock, settled, reach } = await aStartedBus(service, { store: broken });
  const lane = { sink: "notify", destination: "trigger:order-shipped" };
  await bus.lanes.pause(lane);
  await bus.publishMany(shipped(1));
  await clock.advance(40 * HOUR_MS);
  faults.get = new Error("disk gone");
  failing = 1;

  await bus.lanes.resume(lane);
  await settled(1);
  faults.get = undefined;
  await clock.advance(1_200);
  const [open] = await settled(2);
  const before = service.requests.length;
  await clock.advance(1_200);
  const [ended] = await reach({ delivered: 1 });

  expect(open?.history.map(({ reason }) => reason)).toEqual(["disk gone", "disk full"]);
  expect(before).toBe(0);
  expect(ended?.attempts).toBe(1);
});

describe("two events with one transaction id", () => {
  it("are never on their way at the same time", async () => {
    const service = await aService();
    service.faults = { request: () => ({ kind: "latency", ms: 300 }) };
    const own: ShopRule = { ...toCustomer, transactionId: () => "always-the-same" };
    const { bus, clock, reach, until } = await aStartedBus(service, { rules: [own] });
    const second = () => bus.deliveries.get("o1/notify/trigger:order-shipped");

    await bus.publishMany(shipped(1));
    await until(() => expect(service.requests).toHaveLength(1));
    await bus.publishMany(shipped(1, 1));
    await until(async () => expect((await second())?.history).toHaveLength(1));
    const waiting = await second();
    const before = service.requests.map(({ status }) => status);
    await reach({ delivered: 1, pending: 1 });
    await clock.advance(1_000);
    await reach({ delivered: 2 });
    await service.settled();

    expect(waiting).toMatchObject({ state: "pending", attempts: 0 });
    expect(waiting?.reason).toContain("same transaction id");
    expect(before).toEqual([undefined]);
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["c0"]);
  });

  it("wait for each other in part, too", async () => {
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "latency", ms: 200 } : undefined) };
    const rules: readonly ShopRule[] = [
      { ...toCustomer, transactionId: () => "one_1" },
      { ...toAll, transactionId: () => "one" },
    ];
    const { bus, clock, reach, until } = await aStartedBus(service, { rules });

    await bus.publishMany(shipped(1));
    await until(() => expect(service.requests).toHaveLength(1));
    await bus.publish("digest.due", { customerIds: Array.from({ length: 150 }, (_, index) => `d${index}`) });
    await reach({ delivered: 1, pending: 1 });
    await clock.advance(1_200);
    await reach({ delivered: 2 });

    expect(sizesOf(service.requests)).toEqual([
      ["trigger", 1],
      ["bulk", 2],
    ]);
  });

  it("do not go in one bulk either", async () => {
    const service = await aService();
    const own: ShopRule = { ...toCustomer, transactionId: () => "always-the-same" };
    const { bus, clock, reach } = await aStartedBus(service, { rules: [own] });

    await bus.publishMany(shipped(2));
    await reach({ delivered: 1, pending: 1 });
    await clock.advance(1_000);
    await reach({ delivered: 2 });

    expect(sizesOf(service.requests)).toEqual([
      ["trigger", 1],
      ["trigger", 1],
    ]);
  });
});

function sizesOf(requests: readonly TeleflowStubRequest[]): readonly (readonly [string, number])[] {
  return requests.map(({ operation, triggers }) => [operation, triggers.length]);
}

interface Watched {
  readonly store: Store;
  reads(): number;
  changes(): number;
  /** What the sink has in its state. */
  keys(): Promise<readonly string[]>;
  readonly faults: { get: Error | undefined };
}

/** A store that counts what the sink does with its state. */
function watched(): Watched {
  let reads = 0;
  let changes = 0;
  const faults: Watched["faults"] = { get: undefined };
  const store = memoryStore();
  const state: StateStore = {
    get: (scope, keys) => {
      reads += 1;
      return faults.get ? Promise.reject(faults.get) : store.state.get(scope, keys);
    },
    change: (scope, made) => {
      changes += 1;
      return store.state.change(scope, made);
    },
    keys: (scope, prefix) => store.state.keys(scope, prefix),
  };
  const counting = new Proxy(store, {
    get: (target, property) => {
      if (property === "state") return state;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const keys = () => store.state.keys("sink:notify", "unit/");
  return { store: counting, reads: () => reads, changes: () => changes, keys, faults };
}
