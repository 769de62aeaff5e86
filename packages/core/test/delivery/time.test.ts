import { delivered, pause, retry, type Store } from "@bus/core";
import { expect, it } from "vitest";

import { anEvent, aStartedBus } from "./a-started-bus.ts";

const HOUR = 3_600_000;

it.each([
  ["forward", HOUR],
  ["back", -HOUR],
])("keeps its schedules when the wall clock steps %s by an hour", async (_, stepMs) => {
  const { bus, clock, sink } = await aStartedBus({
    answers: { a: [retry("503", { afterMs: 60_000 }), retry("503", { afterMs: 60_000 })], b: ["hang"] },
    policy: { timeoutMs: 100_000, retry: [60_000, 60_000] },
  });

  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b" })]);
  await clock.advance(30_000);
  clock.step(stepMs);
  await clock.advance(29_000);
  const atFirst = sink.calls.length;
  await clock.advance(200_000);

  expect(atFirst).toBe(2);
  const times = sink.calls.map(({ ids, at }) => [...ids, at - (at % 50)]);
  expect(times).toEqual([
    ["a", 0],
    ["b", 0],
    ["a", 60_000],
    ["a", 120_000],
    ["b", 160_000],
  ]);
});

it.each([
  ["forward", HOUR],
  ["back", -HOUR],
])("keeps a pause when the wall clock steps %s by an hour", async (_, stepMs) => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [pause("503", { probeAfterMs: 60_000 })] } });

  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.advance(1_000);
  clock.step(stepMs);
  await bus.publishMany([anEvent({ id: "b" })]);
  await clock.advance(58_000);
  const atFirst = [...sink.received];
  await clock.advance(2_000);

  expect(atFirst).toEqual(["a"]);
  expect(sink.received.toSorted()).toEqual(["a", "a", "b"]);
});

it("sends at once what is published after a step back", async () => {
  const { bus, clock, sink } = await aStartedBus();

  clock.step(-HOUR);
  const event = await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(sink.received).toEqual(["a"]);
  expect(Date.parse(event.time)).toBe(clock.now());
});

it("wakes once for retries that are close together", async () => {
  const { bus, clock, sink, store } = await aStartedBus({
    deliver: ([delivery]) => [
      delivery?.attempt === 1 ? retry("429", { afterMs: 10_000 + Number(delivery.event.id) }) : delivered(),
    ],
  });
  await bus.publishMany(Array.from({ length: 100 }, (_, index) => anEvent({ id: `${index}` })));
  await clock.advance(9_000);
  const looks = countingLooks(store);

  await clock.advance(2_000);

  expect(sink.received).toHaveLength(200);
  expect(looks.count).toBeLessThan(50);
});

it("does not wake while nothing is due", async () => {
  const { bus, clock, store } = await aStartedBus({ answers: { a: [retry("503", { afterMs: 20 * HOUR })] } });
  const looks = countingLooks(store);

  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.advance(19 * HOUR);

  expect(looks.count).toBeLessThan(5);
});

function countingLooks(store: Store): { readonly count: number } {
  const looks = { count: 0 };
  const due = store.due.bind(store);
  Object.assign(store, {
    due: (...args: Parameters<typeof due>) => {
      looks.count += 1;
      return due(...args);
    },
  });
  return looks;
}
