import { delivered, memoryStore, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, elapsed, events, moved, untilAborted } from "./a-started-bus.ts";
import { aFailingStore } from "./a-store.ts";

it("finishes what is in flight and hands back the rest, with no attempt counted", async () => {
  const store = memoryStore();
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    store,
    clock,
    policy: { concurrency: 2 },
    deliver: async () => {
      await elapsed(clock, 5_000);
      return [delivered()];
    },
  });

  await bus.publishMany(events(10));
  await clock.settled();
  const stopping = bus.stop();
  await clock.advance(5_000);
  await stopping;
  await store.open();

  expect(sink.received).toEqual(["e0", "e1"]);
  const { items } = await store.query({}, { limit: 100 });
  const ends = items.map(({ state, attempts, history }) => [state, attempts, history.length]);
  expect(ends).toEqual([
    ...Array.from({ length: 2 }, () => ["delivered", 1, 1]),
    ...Array.from({ length: 8 }, () => ["pending", 0, 0]),
  ]);
});

it.each([
  ["throws", { deliver: (_: unknown, context: { signal: AbortSignal }) => untilAborted(context) }],
  [
    "says that it should be tried again",
    {
      deliver: (_: unknown, context: { signal: AbortSignal }) => untilAborted(context).catch(() => [retry("aborted")]),
    },
  ],
  ["takes no notice", { deliver: () => new Promise<never>(() => undefined) }],
])("cuts off at the stop time-out a sink that %s then, without counting the attempt", async (_, script) => {
  const store = memoryStore();
  const { bus, clock, sink } = await aStartedBus({ store, ...script, stopTimeoutMs: 1_000, policy: { retry: [] } });

  await bus.publishMany(events(1));
  await clock.settled();
  const stopping = bus.stop();
  await clock.advance(999);
  const atFirst = sink.signals.map(({ aborted }) => aborted);
  await clock.advance(1);
  const then = sink.signals.map(({ aborted }) => aborted);
  await clock.advance(300);
  await stopping;
  await store.open();

  expect(atFirst).toEqual([false]);
  expect(then).toEqual([true]);
  expect((await store.query({}, { limit: 10 })).items).toMatchObject([{ state: "pending", attempts: 0 }]);
});

it("hands back what waits for its turn in the whole bus", async () => {
  const store = memoryStore();
  const clock = virtualClock();
  const destinations = Array.from({ length: 20 }, (_, index) => `d${index}`);
  const { bus, sink } = await aStartedBus({
    store,
    clock,
    destinations,
    concurrency: 1,
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [delivered()];
    },
  });

  await bus.publishMany(events(3));
  await clock.advance(10);
  const sent = sink.received.length;
  const stopping = bus.stop();
  await clock.settled();
  const { leased } = await store.stats();
  await clock.advance(1_000);
  await stopping;

  expect(sent).toBe(1);
  expect(leased).toBe(1);
  expect(sink.received).toHaveLength(1);
});

it("ends in time when the store fails, and the work is taken up when the leases have ended", async () => {
  const store = memoryStore();
  const { bus, clock, errors } = await aStartedBus({
    store: aFailingStore({ settle: Infinity }, store),
    stopTimeoutMs: 1_000,
  });

  await bus.publishMany(events(3));
  await clock.settled();
  const startedAt = clock.steady();
  await moved(clock, bus.stop());
  const took = clock.steady() - startedAt;
  const second = await aStartedBus({ store, clock });
  await clock.advance(120_000);

  expect(took).toBeLessThanOrEqual(2_000);
  expect(errors.map(({ code }) => code)).toContain("BUS_STORE_FAILED");
  expect(second.sink.received.toSorted()).toEqual(["e0", "e1", "e2"]);
});

it("stops at once when it has nothing to do, and again without effect", async () => {
  const { bus, clock } = await aStartedBus();
  const startedAt = clock.steady();

  await Promise.all([bus.stop(), bus.stop()]);
  await bus.stop();

  expect(clock.steady()).toBe(startedAt);
});

it("takes no look at the store after it has stopped", async () => {
  const store = memoryStore();
  const { bus, clock, sink, errors } = await aStartedBus({ store, answers: { e0: [retry("503")] } });

  await bus.publishMany(events(1));
  await clock.settled();
  await bus.stop();
  await clock.advance(3_600_000);

  expect(sink.received).toEqual(["e0"]);
  expect(errors).toEqual([]);
});
