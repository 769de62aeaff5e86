import { delivered, retry, type Outcome } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, events } from "./a-started-bus.ts";

it.each([
  [
    "throws",
    (): Outcome[] => {
      throw new Error("no such field");
    },
  ],
  [
    "rejects",
    async (): Promise<Outcome[]> => {
      await Promise.resolve();
      throw new Error("no such field");
    },
  ],
])("tries again when the sink %s, and keeps the error", async (_, fail) => {
  const { bus, clock, errors, told } = await aStartedBus({
    deliver: ([delivery]) => (delivery?.attempt === 1 ? fail() : [delivered()]),
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);

  expect(told("retrying")).toEqual(["a"]);
  expect(told("delivered")).toEqual(["a"]);
  expect(errors.map(({ code }) => code)).toEqual(["BUS_SINK_FAILED"]);
  expect(errors[0]?.cause).toMatchObject({ message: "no such field" });
  const { items } = await bus.deliveries.list();
  expect(items[0]?.history[0]).toMatchObject({ outcome: "retry", reason: "no such field" });
});

it("makes a dead letter of what always makes the sink throw", async () => {
  const { bus, clock, told } = await aStartedBus({
    deliver: () => {
      throw "a string";
    },
    policy: { retry: [1_000] },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);

  expect(told("dead")).toEqual(["a"]);
  expect((await bus.deliveries.list()).items[0]).toMatchObject({ attempts: 2, reason: "a string" });
});

const garbage: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["no list", delivered()],
  ["too few", []],
  ["too many", [delivered(), delivered()]],
  ["a hole", [undefined]],
  ["null", [null]],
  ["an empty object", [{}]],
  ["another kind", [{ kind: "done" }]],
  ["an inherited kind", [{ kind: "toString" }]],
  ["a word", ["delivered"]],
  ["a retry without a reason", [{ kind: "retry", isFree: false }]],
  ["a retry after no number", [retry("429", { afterMs: Number.NaN })]],
  ["a pause without an end", [{ kind: "pause", reason: "503" }]],
  ["a pause until no number", [{ kind: "pause", reason: "503", probeAfterMs: Number.NaN }]],
  ["a rejection for no reason", [{ kind: "rejected" }]],
  ["a status that is none", [{ kind: "delivered", info: { status: "200" } }]],
  ["a status that is no whole number", [{ kind: "delivered", info: { status: 1.5 } }]],
  ["a status without end", [{ kind: "delivered", info: { status: Infinity } }]],
  ["a detail that is no text", [{ kind: "delivered", info: { detail: 1 } }]],
  ["information that is none", [{ kind: "delivered", info: null }]],
];
it.each(garbage)("says that %s is no answer, and tries again", async (_, answer) => {
  const { bus, clock, sink, errors, told } = await aStartedBus({
    deliver: ([delivery]) => (delivery?.attempt === 1 ? (answer as Outcome[]) : [delivered()]),
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);

  expect(errors.map(({ code }) => code)).toEqual(["BUS_OUTCOMES_INVALID"]);
  expect(sink.received).toEqual(["a", "a"]);
  expect(told("delivered")).toEqual(["a"]);
});

it("retries every delivery of a batch whose outcomes are one short", async () => {
  const { bus, clock, sink } = await aStartedBus({
    deliver: (batch) => (batch[0]?.attempt === 1 ? batch.slice(1) : batch).map(() => delivered()),
    batch: { maxItems: 3 },
  });

  await bus.publishMany(events(3));
  await clock.advance(10_000);

  expect(sink.received).toHaveLength(6);
  expect(await bus.deliveries.stats()).toMatchObject({ delivered: 3, pending: 0 });
});

it("aborts an attempt that takes longer than the sink's time, and tries again", async () => {
  const { bus, clock, sink, errors } = await aStartedBus({
    answers: { a: ["hang"] },
    policy: { timeoutMs: 1_000, retry: [5_000] },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(999);
  const atFirst = sink.signals.map(({ aborted }) => aborted);
  await clock.advance(1);
  const then = sink.signals.map(({ aborted }) => aborted);
  await clock.advance(10_000);

  expect(atFirst).toEqual([false]);
  expect(then).toEqual([true]);
  expect(errors.map(({ code }) => code)).toEqual(["BUS_TIMEOUT"]);
  expect(sink.calls.map(({ at }) => at - (at % 50))).toEqual([0, 6_000]);
});

it("does not wait for a sink that takes no notice of its signal", async () => {
  const { bus, clock, sink, told } = await aStartedBus({
    deliver: ([delivery]) => (delivery?.attempt === 1 ? new Promise(() => undefined) : [delivered()]),
    policy: { timeoutMs: 1_000, retry: [5_000] },
  });

  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "other" })]);
  await clock.advance(10_000);

  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2]);
  expect(told("delivered")).toEqual(["a", "b"]);
});

it("believes a sink that is told to stop and says that it was done", async () => {
  const clock = virtualClock();
  const { bus, told } = await aStartedBus({
    clock,
    deliver: async () => {
      await elapsed(clock, 1_100);
      return [delivered()];
    },
    policy: { timeoutMs: 1_000 },
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);

  expect(told("delivered")).toEqual(["a"]);
});

it("ends the other deliveries of a batch in which one fails", async () => {
  const { bus, clock, sink, told } = await aStartedBus({ batch: { maxItems: 3 }, answers: { e1: [retry("503")] } });

  await bus.publishMany(events(3));
  await clock.advance(10_000);

  expect(told("delivered")).toEqual(["e0", "e2", "e1"]);
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1", "e2"], ["e1"]]);
});
