import { memoryStore, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, elapsed, events } from "./a-started-bus.ts";
import { aFailingStore } from "./a-store.ts";

it.each(["lease", "settle", "due"] as const)("goes on when the store fails at %s for a while", async (method) => {
  const { bus, clock, sink, errors, told } = await aStartedBus({
    store: aFailingStore({ [method]: 5 }),
    answers: { e1: [retry("503")] },
  });

  await bus.publishMany(events(20, { key: "k" }));
  await clock.advance(60_000);

  expect(told("delivered")).toEqual(events(20).map(({ id }) => id));
  expect(sink.received).toHaveLength(21);
  expect(new Set(errors.map(({ code, message }) => `${code} ${message}`))).toEqual(
    new Set([`BUS_STORE_FAILED The store failed at ${method}: see the cause.`]),
  );
  expect(errors[0]?.cause).toMatchObject({ message: `disk full at ${method}` });
});

it("sends nothing again while it waits for the store to take the outcome", async () => {
  const { bus, clock, sink, told } = await aStartedBus({ store: aFailingStore({ settle: 12 }) });

  await bus.publishMany(events(1));
  await clock.advance(30_000);
  const atFirst = [...told("delivered")];
  await clock.advance(30_000);

  expect(atFirst).toEqual([]);
  expect(told("delivered")).toEqual(["e0"]);
  expect(sink.received).toEqual(["e0"]);
});

it("asks a failing store no more often than it must", async () => {
  const left = { lease: Infinity, due: Infinity };
  const { bus, clock, errors } = await aStartedBus({ store: aFailingStore(left) });

  await bus.publishMany(events(1));
  await clock.advance(60_000);

  expect(errors.length).toBeGreaterThan(30);
  expect(errors.length).toBeLessThan(150);
});

it("goes on after the store failed to prune", async () => {
  const { clock, errors } = await aStartedBus({ store: aFailingStore({ prune: 2 }) });

  await clock.advance(300_000);

  expect(errors.map(({ code }) => code)).toEqual(["BUS_STORE_FAILED", "BUS_STORE_FAILED"]);
});

it("looks at the store once at a time, however slow it is", async () => {
  const store = memoryStore();
  let underWay = 0;
  let most = 0;
  const due = store.due.bind(store);
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    store: Object.assign(store, {
      due: async (sinks: readonly string[], now: number) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await elapsed(clock, 200);
        underWay -= 1;
        return due(sinks, now);
      },
    }),
    deliver: () => [retry("503")],
    policy: { retry: Array.from({ length: 50 }, () => 20) },
  });

  await bus.publishMany(events(20));
  await clock.advance(60_000);

  expect(most).toBe(1);
  expect(sink.received.length).toBe(20 * 51);
});
