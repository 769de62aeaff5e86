import { memoryStore, type Store } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, events } from "./a-started-bus.ts";
import { aFailingStore, aStoreWith } from "./a-store.ts";

it("sends an event to each destination, in one step", async () => {
  const store = memoryStore();
  const expansions: number[] = [];
  const expand: Store["expand"] = (expansion, now) => {
    expansions.push(expansion.deliveries.length);
    return store.expand(expansion, now);
  };
  const { bus, clock, sink } = await aStartedBus({
    store: aStoreWith({ expand }, store),
    destinations: ["one", "two", "three"],
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(sink.calls.map(({ destination }) => destination)).toEqual(["one", "two", "three"]);
  expect(expansions).toEqual([3]);
  expect(new Set(sink.deliveries.map(({ id }) => id)).size).toBe(3);
});

it("skips an event that has no destination, and tells so", async () => {
  const { bus, clock, sink, told } = await aStartedBus({ destinations: [], maxBacklog: 1, onFull: "wait" });

  await bus.publish("message.created", {}, { id: "a" });
  const second = bus.publish("message.created", {}, { id: "b" });
  await clock.settled();
  await second;

  expect(sink.received).toEqual([]);
  expect(told("skipped")).toEqual(["a", "b"]);
  expect(await bus.deliveries.stats()).toMatchObject({ skipped: 2, pending: 0, leased: 0 });
});

it("names each destination once, however often the sink does", async () => {
  const { bus, clock, sink } = await aStartedBus({ destinations: ["one", "two", "one"] });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(sink.calls.map(({ destination }) => destination)).toEqual(["one", "two"]);
});

it.each([
  [
    "throws",
    (): string[] => {
      throw new Error("no database");
    },
  ],
  ["rejects", (): Promise<string[]> => Promise.reject(new Error("no database"))],
  [
    "rejects later",
    async (): Promise<string[]> => {
      await Promise.resolve();
      throw new Error("no database");
    },
  ],
])("looks up again when the look-up %s, and keeps the order of a key", async (_, fail) => {
  let failures = 0;
  const { bus, clock, sink, errors } = await aStartedBus({
    destinations: ({ id }) => {
      if (id !== "a" || failures === 2) return ["one"];
      failures += 1;
      return fail();
    },
    policy: { retry: [1_000, 1_000] },
  });

  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "k" }), anEvent({ id: "c" })]);
  await clock.settled();
  const atFirst = [...sink.received];
  await clock.advance(10_000);

  expect(atFirst).toEqual(["c"]);
  expect(sink.received).toEqual(["c", "a", "b"]);
  expect(errors.map(({ code }) => code)).toEqual(["BUS_SINK_FAILED", "BUS_SINK_FAILED"]);
  expect(errors[0]?.cause).toMatchObject({ message: "no database" });
});

it("makes a dead letter of an event whose look-up never works, and replays it", async () => {
  let isWell = false;
  const { bus, clock, sink, told } = await aStartedBus({
    destinations: () => {
      if (!isWell) throw new Error("no database");
      return ["one", "two"];
    },
    policy: { retry: [1_000] },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);
  const dead = told("dead");
  isWell = true;
  await bus.deliveries.replay({ sink: "hooks" });
  await clock.advance(10);

  expect(dead).toEqual(["a"]);
  expect(sink.received).toEqual(["a", "a"]);
});

it.each([
  ["an empty name", [""]],
  ["the name that the engine keeps for itself", ["one", "*"]],
  ["no string", [1]],
  ["no list", "one"],
  ["nothing", undefined],
])("refuses %s as destinations, and loses nothing", async (_, wrong) => {
  let answer: unknown = wrong;
  const { bus, clock, sink, errors } = await aStartedBus({ destinations: () => answer as string[] });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();
  const codes = errors.map(({ code }) => code);
  answer = ["one"];
  await clock.advance(10_000);

  expect(codes).toEqual(["BUS_DESTINATION_INVALID"]);
  expect(sink.to("one")).toEqual(["a"]);
});

it("aborts a look-up that hangs and tries again", async () => {
  let calls = 0;
  const { bus, clock, sink } = await aStartedBus({
    destinations: () => {
      calls += 1;
      return calls === 1 ? new Promise(() => undefined) : ["one"];
    },
    policy: { timeoutMs: 1_000 },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(20_000);

  expect(sink.received).toEqual(["a"]);
});

it("does not count it against the event when the store fails to expand it", async () => {
  const { bus, clock, sink, errors, told } = await aStartedBus({
    store: aFailingStore({ expand: 3 }),
    destinations: ["one", "two"],
    policy: { retry: [1_000] },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(60_000);

  expect(sink.received).toEqual(["a", "a"]);
  expect(told("dead")).toEqual([]);
  expect(errors.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => "BUS_STORE_FAILED"));
});

it("keeps the order of a key at every destination", async () => {
  const { bus, clock, sink } = await aStartedBus({ destinations: ["one", "two"] });

  await bus.publishMany(events(20, { key: "k" }));
  await clock.settled();

  const inOrder = events(20).map(({ id }) => id);
  expect(sink.to("one")).toEqual(inOrder);
  expect(sink.to("two")).toEqual(inOrder);
});

it("goes on with the rest of a fan-out after a stop in the middle", async () => {
  const store = memoryStore();
  const first = await aStartedBus({ store, destinations: () => new Promise(() => undefined), stopTimeoutMs: 100 });
  await first.bus.publishMany(events(10));
  await first.clock.settled();
  await first.end();

  const second = await aStartedBus({ store, clock: first.clock, destinations: ["one", "two"] });
  await second.clock.advance(20_000);

  expect(second.sink.to("one").toSorted()).toEqual(events(10).map(({ id }) => id));
  expect(second.sink.to("two")).toHaveLength(10);
});

it("looks up many at once, however few calls the sink takes at once", async () => {
  const clock = virtualClock();
  let underWay = 0;
  let most = 0;
  const { bus, sink } = await aStartedBus({
    clock,
    policy: { concurrency: 1 },
    destinations: async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await elapsed(clock, 10);
      underWay -= 1;
      return ["one"];
    },
  });

  await bus.publishMany(events(100));
  await clock.advance(100);

  expect(most).toBe(64);
  expect(sink.received).toHaveLength(100);
  expect(sink.mostUnderWay).toBe(1);
});

it("asks the store to settle nothing of what it has replaced", async () => {
  const store = memoryStore();
  const settled: number[] = [];
  const settle: Store["settle"] = (settlements, now) => {
    settled.push(settlements.length);
    return store.settle(settlements, now);
  };
  const { bus, clock, sink } = await aStartedBus({ store: aStoreWith({ settle }, store), destinations: ["one"] });

  await bus.publishMany(events(5));
  await clock.settled();

  expect(sink.received).toHaveLength(5);
  expect(settled.reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(settled).not.toContain(0);
});
