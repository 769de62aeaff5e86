import { retry, type DeliveryView } from "@bus/core";
import { expect, it } from "vitest";

import { aSink, aStartedBus, events, Recording } from "./a-started-bus.ts";

const byRule = (type: string): readonly string[] => (type === "message.created" ? ["a/b", "a%2Fb"] : ["c"]);
const ALL = ["a/b", "a%2Fb", "c", "none"];
const fate = ({ destination, state, attempts }: DeliveryView): unknown => [destination, state, attempts];

it("finds what came of an event at each fixed destination", async () => {
  const { bus, clock, sink } = await aStartedBus({
    fixedDestinations: byRule,
    deliver: (batch) =>
      batch.map(({ destination }) => (destination === "a/b" ? retry("later") : { kind: "delivered" })),
  });

  await bus.publish("message.created", { n: 1 }, { id: "x" });
  await bus.publish("message.read", { n: 2 }, { id: "x/hooks/a" });
  await clock.settled();
  const found = await sink.owed.ofEvent("x", ALL);

  expect(found.map(fate)).toEqual([
    ["a/b", "pending", 1],
    ["a%2Fb", "delivered", 1],
  ]);
  expect(found.map(({ event }) => event.data)).toEqual([{ n: 1 }, { n: 1 }]);
  expect((await sink.owed.ofEvent("x/hooks/a", ALL)).map(fate)).toEqual([["c", "delivered", 1]]);
  expect(await sink.owed.ofEvent("y", ALL)).toEqual([]);
});

it("lists what waits at a destination, as much as is asked for", async () => {
  const { bus, clock, sink } = await aStartedBus({ fixedDestinations: () => ["one", "two"] });
  await bus.lanes.pause({ sink: "hooks", destination: "one" });

  await bus.publishMany(events(1_200));
  await clock.advance(1_000);

  const waiting = await sink.owed.waiting("one", 5_000);
  expect(waiting.map(({ event }) => event.id)).toEqual(Array.from({ length: 1_200 }, (_, index) => `e${index}`));
  expect((await sink.owed.waiting("one", 700)).length).toBe(700);
  expect(await sink.owed.waiting("two", 5_000)).toEqual([]);
});

it("ends what waits, and frees its place in the backlog", async () => {
  const { bus, clock, sink } = await aStartedBus({ fixedDestinations: () => ["one"], maxBacklog: 1, onFull: "wait" });
  await bus.lanes.pause({ sink: "hooks", destination: "one" });
  await bus.publish("message.created", {}, { id: "a" });
  const second = bus.publish("message.created", {}, { id: "b" });

  const [waiting] = await sink.owed.ofEvent("a", ["one"]);
  const isEnded = await sink.owed.discard(String(waiting?.id));
  await second;
  await bus.lanes.resume({ sink: "hooks", destination: "one" });
  await clock.advance(100);

  expect(isEnded).toBe(true);
  expect((await sink.owed.ofEvent("a", ["one"])).map(fate)).toEqual([["one", "discarded", 0]]);
  expect(sink.received).toEqual(["b"]);
});

it("ends nothing that is out, has ended, or is another sink's", async () => {
  const other = new Recording();
  const { bus, clock, sink } = await aStartedBus({
    fixedDestinations: () => ["one"],
    answers: { out: ["hang"] },
    others: { other: aSink({ fixedDestinations: () => ["one"] }, (await aStartedBus()).clock, other) },
  });
  await bus.lanes.pause({ sink: "other", destination: "one" });
  await bus.publish("message.created", {}, { id: "out" });
  await bus.publish("message.created", {}, { id: "done" });
  await clock.settled();

  const ids = [...(await sink.owed.ofEvent("out", ["one"])), ...(await sink.owed.ofEvent("done", ["one"]))].map(
    ({ id }) => id,
  );
  const others = (await other.owed.ofEvent("out", ["one"])).map(({ id }) => id);

  expect(await Promise.all([...ids, ...others, "none"].map((id) => sink.owed.discard(id)))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect((await other.owed.ofEvent("out", ["one"])).map(fate)).toEqual([["one", "pending", 0]]);
});
