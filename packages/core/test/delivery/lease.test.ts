import { delivered, memoryStore, type Sink, type Store } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import {
  anEvent,
  aStartedBus,
  elapsed,
  events,
  untilAborted,
  type BusScript,
  type StartedBus,
} from "./a-started-bus.ts";
import { aSharedStore, aStoreWith } from "./a-store.ts";

const HOUR = 3_600_000;
/** Long after the leases of a bus on a new clock have ended. */
const LATER = virtualClock().now() + HOUR;
const LANE = { sink: "hooks", destination: "default" };

it("shares the work of one store between two buses, and sends nothing twice", async () => {
  const store = aSharedStore();
  const clock = virtualClock();
  const deliver = async (): Promise<ReturnType<typeof delivered>[]> => {
    await elapsed(clock, 100);
    return [delivered()];
  };
  const first = await aStartedBus({ store, clock, deliver });
  const second = await aStartedBus({ store, clock, deliver });

  await first.bus.publishMany(events(100));
  await clock.advance(10_000);

  const received = [...first.sink.received, ...second.sink.received];
  expect(new Set(received)).toEqual(new Set(events(100).map(({ id }) => id)));
  expect(received).toHaveLength(100);
  expect(first.sink.received.length).toBeGreaterThan(20);
  expect(second.sink.received.length).toBeGreaterThan(20);
});

it("keeps the order of each key across two buses", async () => {
  const store = aSharedStore(10);
  const clock = virtualClock();
  const sent: Record<string, string[]> = {};
  const underWay = new Set<string>();
  const overlaps: string[] = [];
  const deliver: Sink["deliver"] = async ([delivery]) => {
    const { id = "", key = "" } = delivery?.event ?? {};
    (sent[key] ??= []).push(id);
    if (underWay.has(key)) overlaps.push(id);
    underWay.add(key);
    await elapsed(clock, 17);
    underWay.delete(key);
    return [delivered()];
  };
  const first = await aStartedBus({ store, clock, deliver });
  const second = await aStartedBus({ store, clock, deliver });

  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  for (const key of keys) await first.bus.publishMany(events(5, { key }, `${key}-`));
  await clock.advance(10_000);

  for (const key of keys) expect(sent[key]).toEqual(events(5, {}, `${key}-`).map(({ id }) => id));
  expect(overlaps).toEqual([]);
  expect(Math.min(first.sink.received.length, second.sink.received.length)).toBeGreaterThan(10);
});

it("takes up the work of a process that died once its leases end, and counts the attempt", async () => {
  const store = aSharedStore();
  const dead = await aFrozenBus(store, events(2));

  const { sink, bus, clock } = await aStartedBus({ store });
  await clock.advance(60_000);
  const atFirst = [...sink.received];
  await clock.advance(60_000);

  expect(dead.sink.received).toEqual(["e0", "e1"]);
  expect(atFirst).toEqual([]);
  expect(sink.received).toEqual(["e0", "e1"]);
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([2, 2]);
  expect(await bus.deliveries.stats()).toMatchObject({ delivered: 2 });
});

it("makes a dead letter of a delivery with which process after process died, three more than its schedule has attempts", async () => {
  const store = aSharedStore();
  const policy = { retry: [1_000] };
  const first = await aFrozenBus(store, events(1), { policy });
  const more = [];
  for (let death = 1; death < 5; death += 1)
    more.push(await aFrozenBus(store, [], { policy, clock: virtualClock({ startAt: LATER + death * HOUR }) }));

  const last = await aStartedBus({ store, policy, clock: virtualClock({ startAt: LATER + 5 * HOUR }) });
  await last.clock.settled();

  expect([first, ...more].flatMap(({ sink }) => sink.received)).toEqual(["e0", "e0", "e0", "e0", "e0"]);
  expect(last.sink.received).toEqual([]);
  expect(last.told("dead")).toEqual(["e0"]);
  const { items } = await last.bus.deliveries.list();
  expect(items[0]).toMatchObject({ state: "dead", reason: "the process ended during each of the last attempts" });
});

it("sends what only waited in a process that died, however short its schedule", async () => {
  const store = aSharedStore();
  const policy = { retry: [], concurrency: 1, prefetch: 3 };
  const first = await aFrozenBus(store, events(3), { policy });

  const second = await aStartedBus({ store, policy, clock: virtualClock({ startAt: LATER }) });
  await second.clock.settled();

  expect(first.sink.received).toEqual(["e0"]);
  expect(second.told("delivered")).toEqual(["e0", "e1", "e2"]);
});

it("sends the rest of a batch in which one delivery has no attempts left", async () => {
  const store = aSharedStore();
  const policy = { retry: [] };
  const first = await aFrozenBus(store, [anEvent({ id: "a" })], { policy, concurrency: 1 });
  for (let death = 1; death < 4; death += 1)
    await aFrozenBus(store, [], { policy, clock: virtualClock({ startAt: LATER + death * HOUR }) });
  await first.bus.lanes.pause(LANE);
  await first.bus.publishMany(events(2));

  const clock = virtualClock({ startAt: LATER + 5 * HOUR });
  const second = await aStartedBus({ store, clock, policy, batch: { maxItems: 5 } });
  await second.bus.lanes.resume(LANE);
  await clock.advance(100);

  expect(first.sink.received).toEqual(["a"]);
  expect(second.sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1"]]);
  expect(second.told("dead")).toEqual(["a"]);
  expect(second.told("delivered")).toEqual(["e0", "e1"]);
});

it("refuses the outcome of a lease that was lost, and says so", async () => {
  const store = aSharedStore();
  const gate = Promise.withResolvers<void>();
  const deliver: Sink["deliver"] = async () => {
    await gate.promise;
    return [delivered()];
  };
  const slow = await aFrozenBus(store, events(1), { deliver });

  const { sink, told, clock } = await aStartedBus({ store, answers: { e0: ["hang"] } });
  await clock.advance(80_000);
  gate.resolve();
  await slow.clock.settled();

  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([2]);
  expect(slow.errors.map(({ code }) => code)).toEqual(["BUS_LEASE_LOST"]);
  expect(slow.told("delivered")).toEqual([]);
  expect(told("delivered")).toEqual([]);
});

it("says once that it lost the lease of a fan-out, which goes out once", async () => {
  const store = aSharedStore();
  const gate = Promise.withResolvers<void>();
  const destinations = async (): Promise<string[]> => {
    await gate.promise;
    return ["one"];
  };
  const slow = await aFrozenBus(store, events(1), { destinations });

  const { sink, clock } = await aStartedBus({ store, destinations: ["one"] });
  await clock.advance(80_000);
  gate.resolve();
  await slow.clock.settled();

  expect([...slow.sink.received, ...sink.received]).toEqual(["e0"]);
  expect(slow.errors.map(({ code }) => code)).toEqual(["BUS_LEASE_LOST"]);
});

it("has its lease for longer than an attempt may take, also after a wait for its turn", async () => {
  const store = memoryStore();
  const clock = virtualClock();
  const { bus, sink, errors } = await aStartedBus({
    store: aStoreWith({ pollMs: 100 }, store),
    clock,
    policy: { concurrency: 1, timeoutMs: 10_000 },
    deliver: async () => {
      await elapsed(clock, 9_990);
      return [delivered()];
    },
  });

  await bus.publishMany(events(20));
  await clock.advance(300_000);

  expect(sink.received).toHaveLength(20);
  expect(new Set(sink.received).size).toBe(20);
  expect(errors).toEqual([]);
});

it("sends nothing whose lease might end before the attempt does", async () => {
  const store = aSharedStore(1_000);
  const clock = virtualClock();
  const deliver = async (): Promise<ReturnType<typeof delivered>[]> => {
    await elapsed(clock, 9_000);
    return [delivered()];
  };
  const policy = { concurrency: 1, prefetch: 20, timeoutMs: 10_000 };
  const first = await aStartedBus({ store, clock, policy, deliver });
  const second = await aStartedBus({ store, clock, policy, deliver });

  await first.bus.publishMany(events(20));
  await clock.advance(300_000);

  expect([...first.sink.received, ...second.sink.received]).toHaveLength(20);
  expect([...first.errors, ...second.errors]).toEqual([]);
});

/** A process that takes up these events and then goes no further: its clock stands still. */
async function aFrozenBus(
  store: Store,
  published: ReturnType<typeof events>,
  script: BusScript = {},
): Promise<StartedBus> {
  const started = await aStartedBus({ store, deliver: (_, context) => untilAborted(context), ...script });
  await started.bus.publishMany(published);
  await started.clock.settled();
  return started;
}
