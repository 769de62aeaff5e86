import { rejected, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aSink, aStartedBus, events, Recording } from "./a-started-bus.ts";

it("sends a dead letter again under its id, with all its attempts", async () => {
  const { bus, clock, sink, told } = await aStartedBus({
    answers: { a: [retry("503"), retry("503"), retry("503")] },
    policy: { retry: [1_000] },
  });
  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);
  const [id = ""] = sink.deliveries.map((delivery) => delivery.id);

  const replayed = await bus.deliveries.replay(id);
  await clock.advance(10_000);

  expect(replayed).toEqual({ count: 1 });
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  expect(new Set(sink.deliveries.map((delivery) => delivery.id))).toEqual(new Set([id]));
  expect(told("delivered")).toEqual(["a"]);
});

it("replays what a query names, in order, for that sink alone", async () => {
  const clock = virtualClock();
  const other = new Recording();
  const { bus, sink } = await aStartedBus({ clock, others: { crm: aSink({}, clock, other) } });
  await bus.publishMany(events(1_200, { key: "k" }));
  await clock.advance(1_000);

  const replayed = await bus.deliveries.replay({ sink: "hooks", state: "delivered" });
  await clock.advance(1_000);

  const ids = events(1_200).map(({ id }) => id);
  expect(replayed).toEqual({ count: 1_200 });
  expect(sink.received).toEqual([...ids, ...ids]);
  expect(other.received).toEqual(ids);
});

it("replays what was published since a time", async () => {
  const { bus, clock, sink } = await aStartedBus();
  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.advance(10_000);
  const since = clock.now();
  await bus.publishMany([anEvent({ id: "b" })]);
  await clock.settled();

  await bus.deliveries.replay({ sink: "hooks", since });
  await clock.advance(100);

  expect(sink.received).toEqual(["a", "b", "b"]);
});

it("discards what waits and what is dead, and leaves alone what is under way", async () => {
  const { bus, clock, sink } = await aStartedBus({
    answers: { a: [rejected("400")], b: [retry("503")], c: ["hang"] },
  });
  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b", key: "k" }), anEvent({ id: "d", key: "k" })]);
  await bus.publishMany([anEvent({ id: "c" })]);
  await clock.settled();

  const discarded = await bus.deliveries.discard({ sink: "hooks" });
  await clock.advance(60_000);

  expect(discarded).toEqual({ count: 3 });
  expect(sink.received).toEqual(["a", "b", "c", "c"]);
  expect(await bus.deliveries.stats()).toMatchObject({ discarded: 3, delivered: 1, pending: 0, dead: 0 });
});

it("discards one delivery, which lets its followers go", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [retry("503")] } });
  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "k" })]);
  await clock.settled();

  await bus.deliveries.discard(sink.deliveries[0]?.id ?? "");
  await clock.advance(100);

  expect(sink.received).toEqual(["a", "b"]);
});

it("replays what was discarded", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [retry("503")] } });
  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();
  const id = sink.deliveries[0]?.id ?? "";
  await bus.deliveries.discard(id);

  await bus.deliveries.replay(id);
  await clock.advance(100);

  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1]);
});
