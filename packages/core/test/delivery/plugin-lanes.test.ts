import { delivered, disable, memoryStore, rejected, retry, type DeliveryState } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, anEvent, events, untilAborted, type StartedBus } from "./a-started-bus.ts";

const ONE = { sink: "hooks", destination: "one" };

it("parks what is owed to a disabled destination, and nothing else", async () => {
  const { bus, clock, sink } = await aStartedBus({ destinations: ["one", "two"] });
  await sink.lanes.disable("one", "gone");

  await bus.publishMany(events(5));
  await clock.settled();

  expect([sink.to("one"), sink.to("two")]).toEqual([[], ["e0", "e1", "e2", "e3", "e4"]]);
  expect(await bus.lanes.list()).toEqual([{ ...ONE, status: { state: "disabled", reason: "gone" }, unfinished: 5 }]);
});

it("sends what was parked in order, what came meanwhile behind it, when the destination is enabled", async () => {
  const { bus, clock, sink } = await aStartedBus({ destinations: ["one"] });
  await sink.lanes.disable("one", "gone");
  await bus.publishMany(events(30, { key: "k" }));
  await clock.settled();

  await sink.lanes.enable("one");
  await bus.publishMany(events(5, { key: "k" }, "f"));
  await clock.advance(100);

  const order = [...Array.from({ length: 30 }, (_, index) => `e${index}`), "f0", "f1", "f2", "f3", "f4"];
  expect(sink.received).toEqual(order);
  expect(await bus.lanes.list()).toEqual([]);
});

it("finds what was parked when the bus starts anew on the store", async () => {
  const store = memoryStore();
  const clock = virtualClock();
  const first = await aStartedBus({ store, clock, destinations: ["one"] });
  await first.sink.lanes.disable("one", "gone");
  await first.bus.publishMany(events(10, { key: "k" }));
  await clock.settled();
  await first.end();

  const { bus, sink } = await aStartedBus({ store, clock, destinations: ["one"] });
  await clock.settled();
  const parked = await bus.deliveries.stats();
  await sink.lanes.enable("one");
  await clock.advance(100);

  expect(first.sink.received).toEqual([]);
  expect(parked).toMatchObject({ parked: 10 });
  expect(sink.received).toEqual(Array.from({ length: 10 }, (_, index) => `e${index}`));
});

it("tells the host what was done, as if it had done it itself", async () => {
  const { signals, sink } = await aStartedBus({ destinations: ["one"] });

  await sink.lanes.disable("one", "gone");
  await sink.lanes.enable("one");

  expect(signals).toEqual([
    { name: "disabled", ...ONE, reason: "gone" },
    { name: "resumed", ...ONE },
  ]);
});

it("leaves alone a destination that is not disabled when it is enabled", async () => {
  const { bus, signals, sink } = await aStartedBus({ destinations: ["one", "two"] });
  await bus.lanes.pause(ONE, "by hand");

  await sink.lanes.enable("one");
  await sink.lanes.enable("two");

  expect(signals.map(({ name }) => name)).toEqual(["paused"]);
  expect(await bus.lanes.list()).toMatchObject([{ ...ONE, status: { state: "paused" } }]);
});

it("discards what is pending or parked, and leaves what has ended and the other destinations", async () => {
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["one", "two"],
    deliver: ([delivery]) => {
      if (delivery?.destination === "two") return [retry("503")];
      return [delivery?.event.id === "dead" ? rejected("no") : delivered()];
    },
  });
  await bus.publishMany([anEvent({ id: "done" }), anEvent({ id: "dead" })]);
  await clock.settled();
  await sink.lanes.disable("one", "gone");
  await bus.publishMany(events(1_200));
  await clock.settled();

  const count = await sink.lanes.discard("one");

  expect(count).toBe(1_200);
  expect(await statesOf({ bus }, "one")).toEqual({ delivered: 1, dead: 1, discarded: 1_000 - 2 });
  expect(await bus.deliveries.stats()).toMatchObject({ pending: 1_202, parked: 0, discarded: 1_200 });
});

it("leaves no trace of a lane that was discarded and enabled", async () => {
  const { bus, clock, sink } = await aStartedBus({ destinations: ["one"] });
  await sink.lanes.disable("one", "gone");
  await bus.publishMany(events(10));
  await clock.settled();

  await sink.lanes.discard("one");
  await sink.lanes.enable("one");
  await clock.settled();

  expect(await bus.lanes.list()).toEqual([]);
  expect(sink.received).toEqual([]);
});

it("discards what a process that died had leased", async () => {
  const store = memoryStore();
  const { bus, clock, sink } = await aStartedBus({ store, destinations: ["one"] });
  await sink.lanes.disable("one", "gone");
  await bus.publishMany(events(3));
  await clock.settled();
  await store.setLane(ONE, { state: "active" });
  const now = clock.steady();
  await store.lease({ lane: ONE, limit: 2, perKey: 1, now, until: now + 1_000 });
  await store.setLane(ONE, { state: "disabled", reason: "gone" });
  await clock.advance(1_000);

  const count = await sink.lanes.discard("one");

  expect(count).toBe(3);
});

it("discards what the lane had claimed and not begun when it was disabled", async () => {
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["one"],
    deliver: (_, context) => untilAborted(context),
    policy: { concurrency: 1, prefetch: 8 },
  });
  await bus.publishMany(events(20));
  await clock.settled();

  await sink.lanes.disable("one", "removed");
  const count = await sink.lanes.discard("one");

  expect(sink.received).toEqual(["e0"]);
  expect(count).toBe(19);
});

it("drains in order what a sink parked by its outcome", async () => {
  let isGone = true;
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["one"],
    deliver: () => [isGone ? disable("410") : delivered()],
  });
  await bus.publishMany(events(5, { key: "k" }));
  await clock.settled();
  isGone = false;

  await sink.lanes.enable("one");
  await clock.advance(100);

  expect(sink.received).toEqual(["e0", "e0", "e1", "e2", "e3", "e4"]);
});

it("works while the sinks start, before anything is sent", async () => {
  const store = memoryStore();
  const clock = virtualClock();
  const first = await aStartedBus({ store, clock, destinations: ["one"] });
  await first.sink.lanes.disable("one", "gone");
  await first.bus.publishMany(events(2));
  await clock.settled();
  await first.end();

  const second = await aStartedBus({ store, clock, destinations: ["one"], atStart: (lanes) => lanes.enable("one") });
  await clock.settled();

  expect(second.sink.received).toEqual(["e0", "e1"]);
  expect(second.errors).toEqual([]);
});

it.each([
  ["disable", (lanes: StartedBus["sink"]["lanes"]) => lanes.disable("one", "late")],
  ["enable", (lanes: StartedBus["sink"]["lanes"]) => lanes.enable("one")],
  ["discard", (lanes: StartedBus["sink"]["lanes"]) => lanes.discard("one")],
])("refuses to %s when the bus has stopped", async (name, act) => {
  const { sink, end } = await aStartedBus({ destinations: ["one"] });
  await end();

  await expect(act(sink.lanes)).rejects.toMatchObject({
    code: "BUS_NOT_RUNNING",
    message: expect.stringContaining(`LANES.${name}()`),
  });
});

it("refuses to discard without a destination, which would be all of them", async () => {
  const { sink } = await aStartedBus({ destinations: ["one"] });

  await expect(sink.lanes.discard(undefined as never)).rejects.toMatchObject({ code: "BUS_LANE_UNKNOWN" });
});

it("stays disabled when the host pauses and resumes it", async () => {
  const { bus, sink } = await aStartedBus({ destinations: ["one"] });
  await sink.lanes.disable("one", "gone");

  await bus.lanes.pause(ONE);
  await bus.lanes.resume(ONE);

  expect(await bus.lanes.list()).toMatchObject([{ ...ONE, status: { state: "disabled", reason: "gone" } }]);
});

async function statesOf(
  { bus }: Pick<StartedBus, "bus">,
  destination: string,
): Promise<Partial<Record<DeliveryState, number>>> {
  const { items } = await bus.deliveries.list({ destination, limit: 1_000 });
  const counts: Partial<Record<DeliveryState, number>> = {};
  for (const { state } of items) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
