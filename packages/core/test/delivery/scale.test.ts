import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { delivered, memoryStore, type AppendEntry } from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, events } from "./a-started-bus.ts";

const SLOW = { sink: "hooks", destination: "slow" };

it("serves ten thousand destinations with a backlog each", async () => {
  const destinations = Array.from({ length: 10_000 }, (_, index) => `d${index}`);
  const sent = new Map<string, number>();
  const clock = virtualClock();
  const { bus } = await aStartedBus({
    clock,
    destinations,
    deliver: ([delivery]) => {
      const { destination } = delivery ?? { destination: "" };
      sent.set(destination, (sent.get(destination) ?? 0) + 1);
      return [delivered()];
    },
  });

  await bus.publishMany(events(10));
  await until(clock, async () => (await bus.deliveries.stats()).delivered === 100_000);

  expect(sent.size).toBe(10_000);
  expect(new Set(sent.values())).toEqual(new Set([10]));
  expect(await bus.lanes.list()).toEqual([]);
  // What is left is the timer for retention and, at most, one for the next look at the store.
  expect(clock.timers).toBeLessThanOrEqual(2);
}, 30_000);

it("gives way to the event loop while it wakes many destinations", async () => {
  const destinations = Array.from({ length: 2_000 }, (_, index) => `d${index}`);
  let turns = 0;
  const sentIn: number[] = [];
  const deliver = () => {
    sentIn.push(turns);
    return [delivered()];
  };
  const { bus, clock } = await aStartedBus({ destinations, deliver });
  let counting = setImmediate(function count() {
    turns += 1;
    counting = setImmediate(count);
  });

  await bus.publish("message.created", {});
  await until(clock, async () => sentIn.length === 2_000);
  clearImmediate(counting);

  const byTurn = Map.groupBy(sentIn, (turn) => turn);
  expect(Math.max(...Array.from(byTurn.values(), (sent) => sent.length))).toBeLessThan(1_000);
});

it("keeps nothing of a destination whose work is done", async () => {
  let round = 0;
  const named = (): string[] => Array.from({ length: 5_000 }, (_, index) => `${round} ${index}`);
  let sent = 0;
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    destinations: named,
    deliver: () => {
      sent += 1;
      return [delivered()];
    },
    retention: { ageMs: 0, bytes: 0 },
  });
  const heaps: number[] = [];

  for (round = 1; round <= 3; round += 1) {
    await bus.publishMany([anEvent({ id: `e${round}` })]);
    await until(clock, async () => sent === 5_000 * round);
    await clock.advance(600_000);
    for (const list of [sink.calls, sink.deliveries, sink.signals]) list.length = 0;
    heaps.push(heapAfterCollection());
  }

  // Lanes that stay would take some 10 MB a round.
  expect((heaps[2] ?? 0) - (heaps[0] ?? 0)).toBeLessThan(5_000_000);
}, 30_000);

it("delivers promptly beside a lane in which a million deliveries wait", async () => {
  const clock = virtualClock();
  const store = memoryStore();
  await store.open();
  await store.setLane(SLOW, { state: "paused", reason: "maintenance" });
  for (let from = 0; from < 1_000_000; from += 10_000)
    await store.append(waiting(from, 10_000), { maxBacklog: Infinity, now: clock.steady() });

  const { bus, sink } = await aStartedBus({ clock, store, maxBacklog: 2_000_000, destinations: ["fast"] });
  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "k" })]);
  await clock.settled();

  expect(sink.received).toEqual(["a", "b"]);
  expect(await bus.deliveries.stats()).toMatchObject({ delivered: 2, pending: 1_000_000, leased: 0 });
}, 30_000);

function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

function waiting(from: number, count: number): readonly AppendEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `w${from + index}`;
    const event = { id, type: "message.created", source: "test", time: "2026-01-01T00:00:00.000Z", data: "{}" };
    return { event, deliveries: [{ id, ...SLOW, orderKey: `k${index % 1_000}` }] };
  });
}

async function until(clock: VirtualClock, isSo: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 10_000 && !(await isSo()); turn += 1) await clock.settled();
}
