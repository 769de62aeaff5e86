import { delivered, rejected, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, events } from "./a-started-bus.ts";

const inOrder = (count: number): readonly (string | undefined)[] => events(count).map(({ id }) => id);

it("sends the deliveries of a key in order, one at a time", async () => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    deliver: async () => {
      await elapsed(clock, 10);
      return [delivered()];
    },
  });

  await bus.publishMany(events(100, { key: "k" }));
  await clock.advance(2_000);

  expect(sink.received).toEqual(inOrder(100));
  expect(sink.mostUnderWay).toBe(1);
});

it("holds back the followers of a retried key, and only those", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [retry("503")] } });

  await bus.publishMany([
    anEvent({ id: "a", key: "one" }),
    anEvent({ id: "b", key: "one" }),
    anEvent({ id: "c", key: "two" }),
    anEvent({ id: "d" }),
  ]);
  await clock.settled();
  const atFirst = [...sink.received];
  await clock.advance(5_000);

  expect(atFirst).toEqual(["a", "c", "d"]);
  expect(sink.received).toEqual(["a", "c", "d", "a", "b"]);
});

it("lets the followers of a dead letter go", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [rejected("400")] } });

  await bus.publishMany([anEvent({ id: "a", key: "one" }), anEvent({ id: "b", key: "one" })]);
  await clock.settled();

  expect(sink.received).toEqual(["a", "b"]);
});

it("holds nothing back without order", async () => {
  const { bus, clock, sink } = await aStartedBus({
    policy: { ordering: "none", concurrency: 1 },
    answers: { e1: [retry("503")] },
  });

  await bus.publishMany(events(5, { key: "k" }));
  await clock.settled();
  const atFirst = [...sink.received];
  await clock.advance(5_000);

  expect(atFirst).toEqual(inOrder(5));
  expect(sink.received).toEqual([...inOrder(5), "e1"]);
});

it("holds back the whole lane under lane order, whatever the keys", async () => {
  const { bus, clock, sink } = await aStartedBus({ policy: { ordering: "lane" }, answers: { b: [retry("503")] } });

  await bus.publishMany([anEvent({ id: "a", key: "one" }), anEvent({ id: "b", key: "two" }), anEvent({ id: "c" })]);
  await clock.settled();
  const atFirst = [...sink.received];
  await clock.advance(5_000);

  expect(atFirst).toEqual(["a", "b"]);
  expect(sink.received).toEqual(["a", "b", "b", "c"]);
  expect(sink.mostUnderWay).toBe(1);
});

it("begins the next batch under lane order with what a batch left unfinished", async () => {
  const { bus, clock, sink } = await aStartedBus({
    policy: { ordering: "lane" },
    batch: { maxItems: 3 },
    answers: { e1: [retry("503")] },
  });

  await bus.publishMany(events(6));
  await clock.settled();
  const atFirst = sink.calls.map(({ ids }) => ids);
  await clock.advance(5_000);

  expect(atFirst).toEqual([["e0", "e1", "e2"]]);
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1", "e2"], ["e1", "e3", "e4"], ["e5"]]);
});

it("sends no later part of a claim under lane order while an earlier one waits for its retry", async () => {
  const { bus, clock, sink } = await aStartedBus({
    policy: { ordering: "lane" },
    batch: { maxItems: 4, maxBytes: 20 },
    answers: { e0: [retry("503")] },
  });

  await bus.publishMany(events(4, { data: "0123456789" }));
  await clock.settled();
  const atFirst = [...sink.received];
  await clock.advance(5_000);

  expect(atFirst).toEqual(["e0"]);
  expect(sink.received).toEqual(["e0", ...inOrder(4)]);
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 1, 1]);
});

it("takes one delivery of a key into a batch", async () => {
  const { bus, clock, sink } = await aStartedBus({ policy: { concurrency: 1 }, batch: { maxItems: 10 } });

  await bus.publishMany([
    anEvent({ id: "a", key: "one" }),
    anEvent({ id: "b", key: "one" }),
    anEvent({ id: "c", key: "two" }),
    anEvent({ id: "d" }),
  ]);
  await clock.settled();

  expect(sink.calls.map(({ ids }) => ids)).toEqual([["a", "c", "d"], ["b"]]);
});

it("keeps the order of a key that comes in while its delivery is under way", async () => {
  const gate = Promise.withResolvers<void>();
  const { bus, clock, sink } = await aStartedBus({
    deliver: async () => {
      await gate.promise;
      return [delivered()];
    },
  });

  await bus.publishMany([anEvent({ id: "a", key: "k" })]);
  await clock.settled();
  await bus.publishMany([anEvent({ id: "b", key: "k" })]);
  await clock.settled();
  const atFirst = [...sink.received];
  gate.resolve();
  await clock.settled();

  expect(atFirst).toEqual(["a"]);
  expect(sink.received).toEqual(["a", "b"]);
});
