import { rejected, retry, type DeliveryView } from "@bus/core";
import { expect, it } from "vitest";

import { aSink, aStartedBus, events, Recording } from "./a-started-bus.ts";

const byRule = (type: string): readonly string[] => (type === "message.created" ? ["a/b", "a%2Fb"] : ["c"]);
const ALL = ["a/b", "a%2Fb", "c", "none"];
async function listed(found: AsyncIterable<DeliveryView>): Promise<readonly string[]> {
  const words: string[] = [];
  for await (const { destination, event, state } of found) words.push(`${destination} ${event.id} ${state}`);
  return words;
}
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

it("lists what waits at its destinations, as much as is asked for", async () => {
  const { bus, clock, sink } = await aStartedBus({ fixedDestinations: () => ["one", "two", "done"] });
  for (const destination of ["one", "two"]) await bus.lanes.pause({ sink: "hooks", destination });

  await bus.publishMany(events(1_200));
  await clock.advance(1_000);

  const ids = Array.from({ length: 1_200 }, (_, index) => `e${index}`);
  expect(await listed(sink.owed.unfinished(["one", "done"], 5_000))).toEqual(ids.map((id) => `one ${id} pending`));
  expect(await listed(sink.owed.unfinished(["two", "one"], 150))).toEqual([
    ...ids.slice(0, 150).map((id) => `two ${id} pending`),
    ...ids.slice(0, 150).map((id) => `one ${id} pending`),
  ]);
});

it("lists what is out as well, however much waits", async () => {
  const { bus, clock, sink } = await aStartedBus({
    fixedDestinations: () => ["one", "two"],
    answers: { out: ["hang", "hang"] },
    batch: { maxItems: 1 },
    policy: { concurrency: 1 },
  });
  await bus.publish("message.created", {}, { id: "out" });
  await clock.settled();
  for (const destination of ["one", "two"]) await bus.lanes.pause({ sink: "hooks", destination });
  await bus.publish("message.created", {}, { id: "waits" });

  expect(await listed(sink.owed.unfinished(["one"], 5_000))).toEqual(["one waits pending", "one out leased"]);
  expect(await listed(sink.owed.unfinished(["one", "two", "none"], 0))).toEqual(["one out leased", "two out leased"]);
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

it("ends what a process left behind, once its lease is over", async () => {
  const lane = { sink: "hooks", destination: "one" };
  const { bus, clock, sink, store } = await aStartedBus({ fixedDestinations: () => ["one"] });
  await bus.lanes.pause(lane);
  await bus.publish("message.created", {}, { id: "a" });
  const now = clock.steady();
  // Another process leases it, and dies.
  await store.setLane(lane, { state: "active" });
  await store.lease({ lane, limit: 1, perKey: 1, now, until: now + 1_000 });
  await store.setLane(lane, { state: "paused", reason: "by hand" });
  const [left] = await sink.owed.ofEvent("a", ["one"]);

  await clock.advance(999);
  const isEndedBefore = await sink.owed.discard(String(left?.id));
  await clock.advance(1);
  const isEnded = await sink.owed.discard(String(left?.id));

  expect(left?.state).toBe("leased");
  expect([isEndedBefore, isEnded]).toEqual([false, true]);
  expect((await sink.owed.ofEvent("a", ["one"])).map(fate)).toEqual([["one", "discarded", 1]]);
});

it("ends nothing that is out, has ended, or is another sink's", async () => {
  const other = new Recording();
  const { bus, clock, sink } = await aStartedBus({
    fixedDestinations: () => ["one"],
    answers: { out: ["hang"], dead: [rejected("no")] },
    others: { other: aSink({ fixedDestinations: () => ["one"] }, (await aStartedBus()).clock, other) },
  });
  await bus.lanes.pause({ sink: "other", destination: "one" });
  await bus.publish("message.created", {}, { id: "out" });
  await bus.publish("message.created", {}, { id: "done" });
  await bus.publish("message.created", {}, { id: "dead" });
  await clock.settled();

  const own = async (): Promise<readonly DeliveryView[]> =>
    (await Promise.all(["out", "done", "dead"].map((id) => sink.owed.ofEvent(id, ["one"])))).flat();
  const ids = (await own()).map(({ id }) => id);
  const others = (await other.owed.ofEvent("out", ["one"])).map(({ id }) => id);

  expect(await Promise.all([...ids, ...others, "none"].map((id) => sink.owed.discard(id)))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect((await own()).map(fate)).toEqual([
    ["one", "leased", 1],
    ["one", "delivered", 1],
    ["one", "dead", 1],
  ]);
  expect((await other.owed.ofEvent("out", ["one"])).map(fate)).toEqual([["one", "pending", 0]]);
});
