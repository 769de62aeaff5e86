import { delivered, rejected, retry, skipped, type RetryPolicy } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, type StartedBus } from "./a-started-bus.ts";

const HOUR = 3_600_000;
const DEFAULT = [5_000, 300_000, HOUR / 2, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

it.each<[string, RetryPolicy | undefined, readonly number[]]>([
  ["by default", undefined, DEFAULT],
  ["by a list", [1_000, 2_000], [1_000, 2_000]],
  ["by a series", { baseMs: 100, factor: 10, maxMs: 5_000, attempts: 5 }, [100, 1_000, 5_000, 5_000]],
  ["not at all", [], []],
])("tries again %s, then makes a dead letter of it", async (_, policy, delays) => {
  const started = await aStartedBus({ deliver: () => [retry("503")], ...(policy && { policy: { retry: policy } }) });

  await started.bus.publish("message.created", {}, { id: "a" });
  await started.clock.advance(100 * HOUR);

  expect(waits(started)).toEqual(delays);
  expect(started.told("dead")).toEqual(["a"]);
});

it.each([
  ["a fifth less", 0, 8_000],
  ["a fifth more", 0.999_999, 12_000],
])("waits at most %s than the schedule says", async (_, random, waitMs) => {
  const started = await aStartedBus({
    answers: { a: [retry("503")] },
    policy: { retry: [10_000] },
    random: () => random,
  });

  await started.bus.publish("message.created", {}, { id: "a" });
  await started.clock.advance(HOUR);

  expect(waits(started)).toEqual([waitMs]);
});

it.each([
  ["no less than the receiver asks for", 60_000, 60_000],
  ["no less than the schedule says", 10, 5_000],
  ["no more than a day", 1_000 * HOUR, 24 * HOUR],
  ["no more than a day, were it for ever", Infinity, 24 * HOUR],
  ["by the schedule if the receiver asks for the past", -10, 5_000],
])("waits %s", async (_, afterMs, waitMs) => {
  const started = await aStartedBus({ answers: { a: [retry("429", { afterMs })] } });

  await started.bus.publish("message.created", {}, { id: "a" });
  await started.clock.advance(48 * HOUR);

  expect(waits(started)).toEqual([waitMs]);
});

it("does not use up attempts for free retries", async () => {
  const free = Array.from({ length: 30 }, () => retry("429", { free: true }));
  const started = await aStartedBus({ answers: { a: [...free, retry("503")] }, policy: { retry: [1_000] } });

  await started.bus.publish("message.created", {}, { id: "a" });
  await started.clock.advance(HOUR);

  const attempts = started.sink.deliveries.map(({ attempt }) => attempt);
  expect(attempts).toEqual([...Array.from({ length: 31 }, () => 1), 2]);
  expect(started.told("delivered")).toEqual(["a"]);
});

it("does not storm on free retries without a schedule", async () => {
  const { bus, clock, sink } = await aStartedBus({
    deliver: () => [retry("429", { free: true })],
    policy: { retry: [] },
  });

  await bus.publish("message.created", {});
  await clock.advance(60_000);

  expect(sink.calls.length).toBeLessThan(20);
});

it("keeps what came of each attempt", async () => {
  const clock = virtualClock();
  const { bus } = await aStartedBus({
    clock,
    deliver: async ([delivery]) => {
      await elapsed(clock, 7);
      return delivery?.attempt === 1
        ? [retry("503 Service Unavailable", { info: { status: 503, detail: "busy" } })]
        : [rejected("400", { status: 400 })];
    },
  });
  const publishedAt = clock.steady();

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(HOUR);

  const { items } = await bus.deliveries.list({ sink: "hooks" });
  expect(items[0]).toMatchObject({ state: "dead", attempts: 2, reason: "400" });
  expect(items[0]?.history).toEqual([
    {
      startedAt: publishedAt,
      durationMs: 7,
      outcome: "retry",
      reason: "503 Service Unavailable",
      info: { status: 503, detail: "busy" },
    },
    { startedAt: publishedAt + 5_007, durationMs: 7, outcome: "rejected", reason: "400", info: { status: 400 } },
  ]);
});

it("keeps the last twenty attempts", async () => {
  const { bus, clock } = await aStartedBus({
    deliver: ([delivery]) => [retry(`attempt ${delivery?.attempt}`)],
    policy: { retry: Array.from({ length: 24 }, () => 1_000) },
  });

  await bus.publish("message.created", {});
  await clock.advance(HOUR);

  const { items } = await bus.deliveries.list();
  expect(items[0]).toMatchObject({ state: "dead", attempts: 25 });
  const reasons = items[0]?.history.map(({ reason }) => reason);
  expect(reasons).toEqual(Array.from({ length: 20 }, (_, index) => `attempt ${index + 6}`));
});

it.each([
  ["letters of one byte", "x", 4096],
  ["letters of three bytes", "€", 1365],
  ["letters of two units", "😀", 2048],
])("cuts a long answer of %s to 4 KiB", async (_, letter, units) => {
  const detail = letter.repeat(10_000);
  const { bus, clock } = await aStartedBus({ deliver: () => [rejected(detail, { detail })] });

  await bus.publish("message.created", {});
  await clock.settled();

  const { items } = await bus.deliveries.list();
  const kept = detail.slice(0, units);
  expect(items[0]?.history[0]).toMatchObject({ reason: kept, info: { detail: kept } });
});

it.each([
  ["delivered", delivered({ status: 200 })],
  ["skipped", skipped("private", { status: 0 })],
] as const)("ends a delivery as %s", async (state, outcome) => {
  const { bus, clock, signals } = await aStartedBus({ deliver: () => [outcome] });

  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.settled();

  const { items } = await bus.deliveries.list();
  expect(items[0]).toMatchObject({ state, attempts: 1 });
  expect(signals).toEqual([expect.objectContaining({ name: state, eventId: "a", attempt: 1, info: outcome.info })]);
});

it("wakes for each of several retries of a lane", async () => {
  const { bus, clock, sink } = await aStartedBus({
    answers: {
      a: [retry("", { afterMs: 10_000 })],
      b: [retry("", { afterMs: 10_300 })],
      c: [retry("", { afterMs: 10_600 })],
    },
  });

  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b" }), anEvent({ id: "c" })]);
  await clock.advance(40_000);

  expect(sink.calls.slice(3).map(({ ids, at }) => [...ids, Math.round(at / 100) * 100])).toEqual([
    ["a", 10_000],
    ["b", 10_300],
    ["c", 10_600],
  ]);
});

it("is not kept from a retry by another delivery of the lane that hangs", async () => {
  const { bus, clock, sink } = await aStartedBus({
    answers: { a: [retry("", { afterMs: 5_000 }), "hang"], b: [retry("", { afterMs: 8_000 })] },
    policy: { timeoutMs: 60_000 },
  });

  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b" })]);
  await clock.advance(10_000);

  expect(sink.received).toEqual(["a", "b", "a", "b"]);
});

/** How long the sink was left alone between its calls, in ms; the engine wakes with a grain of a few. */
function waits({ sink }: StartedBus): readonly number[] {
  return sink.calls.slice(1).map(({ at }, index) => {
    const waitMs = at - (sink.calls[index]?.at ?? 0);
    return waitMs - (waitMs % 50);
  });
}
