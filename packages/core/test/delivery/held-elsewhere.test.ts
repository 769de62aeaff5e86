import { delivered, disable, pause, type LaneStatus, type Outcome, type Store } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, elapsed, events, type StartedBus } from "./a-started-bus.ts";
import { aSharedStore } from "./a-store.ts";

const HOUR = 3_600_000;
const LANE = { sink: "hooks", destination: "default" };
const DISABLED: LaneStatus = { state: "disabled", reason: "the host says no" };
const PAUSED: LaneStatus = { state: "paused", reason: "maintenance" };
const UNAVAILABLE = pause("503", { probeAfterMs: 10_000 });

/** A bus that has three deliveries, of which it tries one at a time for a second; these are the outcomes, then `delivered`. */
async function aSlowBus(...outcomes: readonly Outcome[]): Promise<StartedBus> {
  const clock = virtualClock();
  const left = [...outcomes];
  const started = await aStartedBus({
    clock,
    store: aSharedStore(10_000),
    policy: { concurrency: 1 },
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [left.shift() ?? delivered()];
    },
  });
  await started.bus.publishMany(events(3, { key: "k" }));
  return started;
}

async function statusIn(store: Store): Promise<LaneStatus | undefined> {
  return (await store.lanes())[0]?.status;
}

function laneSignals({ signals }: StartedBus): readonly string[] {
  return signals.map(({ name }) => name).filter((name) => ["paused", "resumed", "disabled"].includes(name));
}

it.each([
  ["disabled", DISABLED],
  ["paused", PAUSED],
])("leaves a lane %s that another process held while what pauses it was under way", async (_, status) => {
  const started = await aSlowBus(UNAVAILABLE);
  const { bus, clock, sink, store } = started;
  await clock.advance(500);

  await store.setLane(LANE, status);
  await clock.advance(HOUR);

  expect(await statusIn(store)).toEqual(status);
  expect(laneSignals(started)).toEqual([]);
  expect(started.told("retrying")).toEqual([]);
  expect(sink.received).toEqual(["e0"]);
  const { items } = await bus.deliveries.list();
  const waiting = status.state === "disabled" ? "parked" : "pending";
  expect(items.map(({ state, attempts }) => [state, attempts])).toEqual(events(3).map(() => [waiting, 0]));
});

it.each([
  ["disabled", DISABLED],
  ["paused", PAUSED],
])("leaves a lane %s that another process held while the one that tries it was under way", async (_, status) => {
  const started = await aSlowBus(UNAVAILABLE);
  const { clock, sink, store } = started;
  await clock.advance(11_500);

  await store.setLane(LANE, status);
  await clock.advance(HOUR);

  expect(await statusIn(store)).toEqual(status);
  expect(laneSignals(started)).toEqual(["paused"]);
  expect(sink.received).toEqual(["e0", "e0"]);
  expect(started.told("delivered")).toEqual(["e0"]);
});

it("gives back what it has claimed and not begun when it finds the lane held by another process", async () => {
  const clock = virtualClock();
  const { bus, sink, store } = await aStartedBus({
    clock,
    policy: { concurrency: 1, prefetch: 8 },
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [UNAVAILABLE];
    },
  });
  await bus.publishMany(events(20));
  await clock.advance(500);

  await store.setLane(LANE, DISABLED);
  await clock.advance(1_000);

  expect(sink.received).toEqual(["e0"]);
  expect(await bus.deliveries.stats()).toMatchObject({ parked: 20, leased: 0 });
});

it("keeps the reason of a lane that another process disabled when what was under way disables it too", async () => {
  const started = await aSlowBus(disable("410"));
  const { bus, clock, store } = started;
  await clock.advance(500);

  await store.setLane(LANE, DISABLED);
  await clock.advance(HOUR);

  expect(await statusIn(store)).toEqual(DISABLED);
  expect(laneSignals(started)).toEqual([]);
  expect(await bus.deliveries.stats()).toMatchObject({ parked: 3 });
});

it("disables a lane that another process paused", async () => {
  const started = await aSlowBus(disable("410"));
  const { clock, store } = started;
  await clock.advance(500);

  await store.setLane(LANE, PAUSED);
  await clock.advance(1_000);

  expect(await statusIn(store)).toEqual({ state: "disabled", reason: "410" });
  expect(laneSignals(started)).toEqual(["disabled"]);
});

it.each([
  ["pauses", UNAVAILABLE],
  ["disables", disable("410")],
])("goes on with what %s it once another process lets the lane go", async (_, outcome) => {
  const { clock, sink, store, told } = await aSlowBus(outcome);
  await clock.advance(500);
  await store.setLane(LANE, DISABLED);
  await clock.advance(HOUR);

  await store.setLane(LANE, { state: "active" });
  await clock.advance(20_000);

  expect(sink.received).toEqual(["e0", "e0", "e1", "e2"]);
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
  expect(told("delivered")).toEqual(["e0", "e1", "e2"]);
});

it("leaves a lane disabled that the host disables while it pauses it", async () => {
  const { bus, store } = await aStartedBus();

  await Promise.all([bus.lanes.pause(LANE), bus.lanes.disable(LANE, DISABLED.reason)]);

  expect(await statusIn(store)).toEqual(DISABLED);
});

it("tells of no pause of a lane that is disabled", async () => {
  const started = await aStartedBus();
  await started.bus.lanes.disable(LANE, DISABLED.reason);

  await started.bus.lanes.pause(LANE);

  expect(await statusIn(started.store)).toEqual(DISABLED);
  expect(laneSignals(started)).toEqual(["disabled"]);
});
