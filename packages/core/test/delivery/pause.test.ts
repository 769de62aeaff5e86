import { delivered, disable, memoryStore, pause, retry, type Outcome, type Store } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { anEvent, aStartedBus, elapsed, events } from "./a-started-bus.ts";
import { aFailingStore, aStoreWith } from "./a-store.ts";

const LANE = { sink: "hooks", destination: "default" };
const inOrder = (count: number): readonly (string | undefined)[] => events(count).map(({ id }) => id);

it("pauses the lane without using up attempts, and sends nothing else from it", async () => {
  const { bus, clock, sink, signals } = await aStartedBus({
    policy: { concurrency: 1, prefetch: 8 },
    answers: { e0: [pause("503", { probeAfterMs: 60_000 })] },
  });

  await bus.publishMany(events(20));
  await clock.advance(59_000);

  expect(sink.received).toEqual(["e0"]);
  expect(signals.filter(({ name }) => name === "paused")).toMatchObject([{ ...LANE, reason: "503" }]);
  const { items } = await bus.deliveries.list();
  expect(new Set(items.map(({ attempts, state }) => `${state} ${attempts}`))).toEqual(new Set(["pending 0"]));
});

it("is told to be disabled once by all that was under way together, and once more after it was enabled", async () => {
  const clock = virtualClock();
  const { bus, signals } = await aStartedBus({
    clock,
    policy: { concurrency: 4 },
    deliver: async () => {
      await elapsed(clock, 100);
      return [disable("410")];
    },
  });
  await bus.publishMany(events(10));
  await clock.advance(1_000);
  const first = signals.filter(({ name }) => name === "disabled");

  await bus.lanes.enable(LANE);
  await clock.advance(1_000);

  expect(first).toHaveLength(1);
  expect(signals.filter(({ name }) => name === "disabled")).toHaveLength(2);
  expect((await bus.lanes.list()).map(({ status, unfinished }) => [status.state, unfinished])).toEqual([
    ["disabled", 10],
  ]);
});

it("uses up the attempt where the sink says so, and then tries another delivery", async () => {
  const { bus, clock, sink, signals, told } = await aStartedBus({
    policy: { concurrency: 1, retry: [600_000] },
    answers: { e0: [1, 2].map(() => pause("503", { probeAfterMs: 60_000, free: false })) },
  });

  await bus.publishMany(events(3));
  await clock.advance(59_000);
  const sent = [...sink.received];
  await clock.advance(800_000);

  expect(sent).toEqual(["e0"]);
  expect(sink.received).toEqual(["e0", "e1", "e2", "e0"]);
  expect(told("delivered")).toEqual(["e1", "e2"]);
  expect(told("retrying")).toEqual(["e0"]);
  expect(told("dead")).toEqual(["e0"]);
  expect(signals.filter(({ name }) => name === "paused")).toHaveLength(2);
});

it("tries a paused lane by one delivery, and goes on when that works", async () => {
  const clock = virtualClock();
  let isDown = true;
  const { bus, sink, told, signals } = await aStartedBus({
    clock,
    deliver: async () => {
      await elapsed(clock, 100);
      return [isDown ? pause("503", { probeAfterMs: 60_000 }) : delivered()];
    },
  });

  await bus.publishMany(events(20));
  await clock.advance(1_000);
  isDown = false;
  const before = sink.received.length;
  await clock.advance(59_150);
  const probes = sink.received.length - before;
  await clock.advance(10_000);

  expect(before).toBe(4);
  expect(probes).toBe(1);
  expect(signals.filter(({ name }) => name === "resumed")).toHaveLength(1);
  expect(new Set(told("delivered"))).toEqual(new Set(inOrder(20)));
  expect(told("delivered")).toHaveLength(20);
  expect(sink.deliveries.every(({ attempt }) => attempt === 1)).toBe(true);
});

it("pauses again when the one does not work", async () => {
  const { bus, clock, sink, told } = await aStartedBus({
    answers: { e0: [1, 2, 3].map((hour) => pause("503", { probeAfterMs: hour * 1_000 })) },
    policy: { concurrency: 1 },
  });

  await bus.publishMany(events(3, { key: "k" }));
  await clock.advance(10_000);

  expect(sink.calls.map(({ at }) => at - (at % 50))).toEqual([0, 1_000, 3_000, 6_000, 6_000, 6_000]);
  expect(told("delivered")).toEqual(["e0", "e1", "e2"]);
});

it("does not send what already waits for its turn in the whole bus when the lane pauses", async () => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    concurrency: 1,
    deliver: async () => {
      await elapsed(clock, 10);
      return [pause("503", { probeAfterMs: 60_000 })];
    },
  });

  await bus.publishMany(events(20));
  await clock.advance(1_000);

  expect(sink.received).toEqual(["e0"]);
});

it("does not send what was being leased when the lane was paused", async () => {
  const store = memoryStore();
  const gate = Promise.withResolvers<void>();
  const lease: Store["lease"] = async (request) => {
    const given = await store.lease(request);
    await gate.promise;
    return given;
  };
  const { bus, clock, sink } = await aStartedBus({ store: aStoreWith({ lease }, store) });

  await bus.publish("message.created", {});
  await bus.lanes.pause(LANE);
  gate.resolve();
  await clock.advance(10_000);

  expect(sink.received).toEqual([]);
  expect(await bus.deliveries.stats()).toMatchObject({ pending: 1, leased: 0 });
});

it("parks the deliveries of a disabled lane, and sends them in order when it is enabled", async () => {
  const { bus, clock, sink, signals } = await aStartedBus({ answers: { e0: [disable("410")] } });

  await bus.publishMany(events(5, { key: "k" }));
  await clock.advance(3_600_000);
  const atFirst = [...sink.received];
  const { parked } = await bus.deliveries.stats();
  await bus.lanes.enable(LANE);
  await clock.advance(100);

  expect(atFirst).toEqual(["e0"]);
  expect(parked).toBe(5);
  expect(signals.filter(({ name }) => name === "disabled")).toMatchObject([{ reason: "410" }]);
  expect(sink.received).toEqual(["e0", ...inOrder(5)]);
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1, 1]);
});

it("disables a lane that another delivery has paused", async () => {
  const answers: Record<string, Outcome[]> = { e0: [pause("503", { probeAfterMs: 1_000 })], e1: [disable("410")] };
  const { bus, clock, sink } = await aStartedBus({ answers, policy: { concurrency: 2 } });

  await bus.publishMany(events(2));
  await clock.advance(60_000);

  expect(sink.received).toEqual(["e0", "e1"]);
  expect((await bus.lanes.list())[0]?.status).toEqual({ state: "disabled", reason: "410" });
});

it("holds a lane that the host paused until the host resumes it", async () => {
  const { bus, clock, sink } = await aStartedBus();

  await bus.lanes.pause(LANE);
  await bus.publishMany(events(5));
  await clock.advance(24 * 3_600_000);
  const before = [...sink.received];
  await bus.lanes.resume(LANE);
  await clock.advance(100);

  expect(before).toEqual([]);
  expect(sink.received).toEqual(inOrder(5));
});

it("sends the rest of what it had claimed only after the host resumes", async () => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    policy: { concurrency: 1 },
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [delivered()];
    },
  });

  await bus.publishMany(events(5));
  await clock.advance(500);
  await bus.lanes.pause(LANE);
  await clock.advance(60_000);
  const before = [...sink.received];
  const stats = await bus.deliveries.stats();
  await bus.lanes.resume(LANE);
  await clock.advance(10_000);

  expect(before).toEqual(["e0"]);
  expect(stats).toMatchObject({ delivered: 1, pending: 4, leased: 0 });
  expect(sink.received.toSorted()).toEqual(inOrder(5));
});

it("ends a sink's pause at once when the host resumes the lane", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { e0: [pause("503", { probeAfterMs: 3_600_000 })] } });

  await bus.publishMany(events(1));
  await clock.advance(1_000);
  await bus.lanes.resume(LANE);
  await clock.advance(100);

  expect(sink.received).toEqual(["e0", "e0"]);
});

it.each([
  ["pauses", pause("503", { probeAfterMs: 100 })],
  ["delivers", delivered()],
])("leaves a lane as the host paused it when what was under way %s", async (_, outcome) => {
  const clock = virtualClock();
  const { bus } = await aStartedBus({
    clock,
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [outcome];
    },
  });

  await bus.publishMany(events(2));
  await clock.advance(500);
  await bus.lanes.pause(LANE, "maintenance");
  await clock.advance(10_000);

  expect((await bus.lanes.list())[0]?.status).toEqual({ state: "paused", reason: "maintenance" });
});

it("leaves a lane as the host paused it while the one that tries it was under way", async () => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    deliver: async () => {
      await elapsed(clock, 1_000);
      return [sink.calls.length === 1 ? pause("503", { probeAfterMs: 1_000 }) : delivered()];
    },
    policy: { concurrency: 1 },
  });

  await bus.publishMany(events(3, { key: "k" }));
  await clock.advance(2_500);
  await bus.lanes.pause(LANE, "maintenance");
  await clock.advance(10_000);

  expect(sink.received).toEqual(["e0", "e0"]);
  expect((await bus.lanes.list())[0]?.status).toEqual({ state: "paused", reason: "maintenance" });
});

it("does not take a lane for well because a stop cut off the one that tried it", async () => {
  const store = memoryStore();
  const answers = { e0: [pause("503", { probeAfterMs: 1_000 }), "hang" as const] };
  const first = await aStartedBus({ store, answers, stopTimeoutMs: 100, policy: { concurrency: 1 } });
  await first.bus.publishMany(events(3));
  await first.clock.advance(1_500);
  await first.end();

  await store.open();

  expect(first.sink.received).toEqual(["e0", "e0"]);
  expect((await store.lanes())[0]?.status).toMatchObject({ state: "paused", reason: "503" });
});

it("sends what arrives in a paused lane that had become empty, once the pause is over", async () => {
  const { bus, clock, sink } = await aStartedBus({
    answers: { a: [pause("503", { probeAfterMs: 60_000 })], z: [] },
    destinations: ({ id }) => (id === "z" ? ["other"] : ["one"]),
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(1_000);
  await bus.deliveries.discard({ sink: "hooks", destination: "one" });
  await bus.publish("message.created", {}, { id: "z" });
  await clock.advance(1_000);
  await bus.publish("message.created", {}, { id: "b" });
  await clock.advance(70_000);

  expect(sink.to("one")).toEqual(["a", "b"]);
});

it("tries each delivery later when the store does not take the pause", async () => {
  const { bus, clock, sink, errors } = await aStartedBus({
    store: aFailingStore({ setLane: 2 }),
    deliver: ([delivery]) => [
      sink.calls.length <= 3 ? pause("503", { probeAfterMs: 60_000 }) : retry(String(delivery?.attempt)),
    ],
  });

  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.advance(59_000);
  const atFirst = sink.calls.length;
  await clock.advance(124_000);

  expect(atFirst).toBe(1);
  expect(errors.map(({ code }) => code)).toEqual(["BUS_STORE_FAILED", "BUS_STORE_FAILED"]);
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});

it.each(["none", "key", "lane"] as const)(
  "has given back all that has not begun by the time a lane is disabled, under the order %s",
  async (ordering) => {
    const gate = Promise.withResolvers<void>();
    const policy = { ordering, concurrency: 1, prefetch: 8, timeoutMs: 120_000 };
    const { bus, clock, sink } = await aStartedBus({
      policy,
      deliver: async () => {
        await gate.promise;
        return [delivered()];
      },
    });
    await bus.publishMany(events(20));
    await clock.settled();

    await bus.lanes.disable({ sink: "hooks", destination: "default" });
    const { leased } = await bus.deliveries.stats();
    await bus.deliveries.discard({ sink: "hooks" });
    gate.resolve();
    await bus.lanes.enable({ sink: "hooks", destination: "default" });
    await clock.settled();

    expect(leased).toBe(1);
    expect(sink.received).toEqual(["e0"]);
  },
);

it("tries another delivery when the pause is over, though nothing arrives and nothing else is due", async () => {
  const { bus, clock, sink } = await aStartedBus({
    policy: { concurrency: 1, prefetch: 1, retry: [600_000] },
    answers: { e3: [pause("503", { probeAfterMs: 60_000, free: false })] },
  });

  await bus.publishMany(events(6));
  await clock.advance(59_000);
  const before = [...sink.received];
  await clock.advance(2_000);

  expect(before).toEqual(["e0", "e1", "e2", "e3"]);
  expect(sink.received).toEqual(["e0", "e1", "e2", "e3", "e4", "e5"]);
});
