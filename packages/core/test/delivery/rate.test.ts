import { memoryStore, type DeliveryPolicy, type Store } from "@bus/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { aStartedBus, events, type StartedBus } from "./a-started-bus.ts";
import { aStoreWith } from "./a-store.ts";

// The queue of a lane counts its periods by the system's timers, so these move together with the bus's clock.
beforeEach(
  () => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] }),
);
afterEach(() => void vi.useRealTimers());

it("begins no more calls in a period than the rate allows, and as many", async () => {
  const started = await aStartedBus({ policy: { rate: { limit: 3, perMs: 1_000 } } });

  await started.bus.publishMany(events(10));
  await pass(started, 5_000);

  expect(perPeriod(started, 1_000)).toEqual([3, 3, 3, 1]);
});

it("counts a batch as one call", async () => {
  const started = await aStartedBus({ batch: { maxItems: 5 }, policy: { rate: { limit: 1, perMs: 1_000 } } });

  await started.bus.publishMany(events(15));
  await pass(started, 5_000);

  expect(started.sink.calls.map(({ ids }) => ids.length)).toEqual([5, 5, 5]);
  expect(perPeriod(started, 1_000)).toEqual([1, 1, 1]);
});

it("gives each lane a rate of its own", async () => {
  const started = await aStartedBus({ destinations: ["one", "two"], policy: { rate: { limit: 1, perMs: 1_000 } } });

  await started.bus.publishMany(events(3));
  await pass(started, 5_000);

  expect(perPeriod(started, 1_000)).toEqual([2, 2, 2]);
});

it("keeps to the rate when the lane was idle in between", async () => {
  const started = await aStartedBus({ policy: { rate: { limit: 2, perMs: 1_000 } } });

  await started.bus.publishMany(events(2));
  await pass(started, 300);
  await started.bus.publishMany(events(2, {}, "f"));
  await pass(started, 300);
  const atFirst = started.sink.received.length;
  await pass(started, 1_000);

  expect(atFirst).toBe(2);
  expect(started.sink.received).toHaveLength(4);
});

it.each([
  ["one a minute", { limit: 1, perMs: 60_000 }, 60_000],
  ["two in ten minutes", { limit: 2, perMs: 600_000 }, 600_000],
])("gets through a backlog at a rate as slow as %s", async (_, rate, perMs) => {
  const started = await aStartedBus({ policy: { rate } });

  await started.bus.publishMany(events(10));
  await pass(started, 10 * perMs, 5_000);

  expect(started.sink.received).toHaveLength(10);
  expect(new Set(started.sink.received).size).toBe(10);
  expect(Math.max(...perPeriod(started, perMs))).toBe(rate.limit);
});

it("holds no delivery for longer than a period and its attempt, however slow the rate", async () => {
  const store = memoryStore();
  const leaseMs: number[] = [];
  const lease: Store["lease"] = (request) => {
    leaseMs.push(request.until - request.now);
    return store.lease(request);
  };
  const policy = { rate: { limit: 1, perMs: 600_000 }, timeoutMs: 30_000 };
  const { bus, clock } = await aStartedBus({ store: aStoreWith({ lease }, store), policy });

  await bus.publishMany(events(10));
  await clock.settled();

  expect(new Set(leaseMs)).toEqual(new Set([600_000 + 2 * 35_000]));
});

it("does not slow down the calls of a fast rate that comes in small steps", async () => {
  const started = await aStartedBus({
    policy: { rate: { limit: 1, perMs: 10 }, concurrency: 4 },
    deliver: async (batch, { signal }) => {
      await new Promise<void>((resolve) => void started.clock.schedule(() => resolve(), signal.aborted ? 0 : 35));
      return batch.map(() => ({ kind: "delivered" }));
    },
  });

  await started.bus.publishMany(events(20));
  await pass(started, 400, 1);

  expect(started.sink.received).toHaveLength(20);
  expect(started.sink.mostUnderWay).toBe(4);
});

it("does not wait for the rate at a stop, and loses nothing of what waited", async () => {
  const store = memoryStore();
  const started = await aStartedBus({ store, policy: { rate: { limit: 1, perMs: 3_600_000 } } });

  await started.bus.publishMany(events(10));
  await started.clock.settled();
  await started.end();
  await store.open();

  expect(started.sink.received).toEqual(["e0"]);
  expect(await store.stats()).toMatchObject({ delivered: 1, pending: 9, leased: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

it("keeps to the rate that the sink gives for a destination", async () => {
  const slow = { rate: { limit: 1, perMs: 1_000 } };
  const started = await aStartedBus({
    destinations: ["one", "two"],
    policy: { rate: { limit: 3, perMs: 1_000 } },
    policyOf: (destination) => (destination === "one" ? slow : undefined),
  });

  await started.bus.publishMany(events(4));
  await pass(started, 5_000);

  expect([perPeriod(started, 1_000, "one"), perPeriod(started, 1_000, "two")]).toEqual([
    [1, 1, 1, 1],
    [3, 1],
  ]);
});

it.each([
  ["faster", { limit: 1, perMs: 1_000 }, { limit: 5, perMs: 1_000 }, 5],
  ["slower", { limit: 5, perMs: 1_000 }, { limit: 1, perMs: 1_000 }, 1],
  ["no longer so slow that it takes for ever", { limit: 1, perMs: 3_600_000 }, { limit: 4, perMs: 1_000 }, 4],
])("takes up a rate that becomes %s while the lane is busy", async (_, before, after, count) => {
  let policy: DeliveryPolicy = { rate: before };
  const store = memoryStore();
  const started = await aStartedBus({ store, destinations: ["one"], policyOf: () => policy });

  await started.bus.publishMany(events(20));
  await pass(started, 500);
  policy = { rate: after };
  // Whatever arrives makes the lane look again.
  await started.bus.publish("message.created", {}, { id: "last" });
  await pass(started, 3_000);
  const periods = perPeriod(started, 1_000, "one");
  await pass(started, 20_000);

  expect(periods[2]).toBe(count);
  expect(started.sink.received).toHaveLength(21);
  expect(new Set(started.sink.received).size).toBe(21);
  expect(await store.stats()).toMatchObject({ delivered: 21, leased: 0 });
});

/** Moves both clocks on, in steps so small that neither gets ahead of the other. */
async function pass({ clock }: StartedBus, ms: number, stepMs = 50): Promise<void> {
  await clock.settled();
  for (let at = 0; at < ms; at += stepMs) {
    await clock.advance(stepMs);
    await vi.advanceTimersByTimeAsync(stepMs);
    await clock.settled();
  }
}

function perPeriod({ sink }: StartedBus, perMs: number, to?: string): readonly number[] {
  const counts: number[] = [];
  for (const { at, destination } of sink.calls) {
    if (to !== undefined && destination !== to) continue;
    const period = Math.floor(at / perMs);
    counts[period] = (counts[period] ?? 0) + 1;
  }
  return counts;
}
