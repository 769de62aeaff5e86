import { delivered, retry, type DeliveryPolicy } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, elapsed, events, untilAborted, type BusScript, type StartedBus } from "./a-started-bus.ts";

const SLOW_MS = 1_000;

/** A bus whose sink takes a second for each call to the destinations "one" and "two". */
async function aSlowBus(script: BusScript = {}): Promise<StartedBus & { most(destination: string): number }> {
  const clock = virtualClock();
  const underWay = new Map<string, number>();
  const most = new Map<string, number>();
  const started = await aStartedBus({
    clock,
    destinations: ["one", "two"],
    deliver: async ([delivery]) => {
      const { destination } = delivery ?? { destination: "" };
      const count = (underWay.get(destination) ?? 0) + 1;
      underWay.set(destination, count);
      most.set(destination, Math.max(most.get(destination) ?? 0, count));
      await elapsed(clock, SLOW_MS);
      underWay.set(destination, (underWay.get(destination) ?? 0) - 1);
      return [delivered()];
    },
    ...script,
  });
  return { ...started, most: (destination) => most.get(destination) ?? 0 };
}

it("serves a destination with the concurrency that the sink gives for it, and the others with its own", async () => {
  const single = { concurrency: 1 };
  const { bus, clock, sink, most } = await aSlowBus({
    policy: { concurrency: 3 },
    policyOf: (destination) => (destination === "one" ? single : undefined),
  });

  await bus.publishMany(events(9));
  await clock.advance(20 * SLOW_MS);

  expect(sink.received).toHaveLength(18);
  expect([most("one"), most("two")]).toEqual([1, 3]);
});

it("lets a call to a destination last as long as the sink gives for it", async () => {
  const short = { timeoutMs: 1_000, retry: [] };
  const { bus, clock, signals } = await aStartedBus({
    destinations: ["one", "two"],
    deliver: (_, context) => untilAborted(context),
    policy: { timeoutMs: 5_000, retry: [] },
    policyOf: (destination) => (destination === "one" ? short : undefined),
  });

  await bus.publishMany(events(1));
  await clock.advance(2_000);
  const early = signals.map(({ destination }) => destination);
  await clock.advance(4_000);

  expect(early).toEqual(["one"]);
  expect(signals.map(({ destination }) => destination)).toEqual(["one", "two"]);
});

it("retries what fails at a destination by the schedule that the sink gives for it", async () => {
  const never = { retry: [] };
  const { bus, clock, told } = await aStartedBus({
    destinations: ["one", "two"],
    deliver: () => [retry("503")],
    policyOf: (destination) => (destination === "one" ? never : undefined),
  });

  await bus.publishMany(events(1));
  await clock.settled();

  expect([told("dead"), told("retrying")]).toEqual([["e0"], ["e0"]]);
});

it("takes a changed policy up at once when it is told to, though all that is under way hangs", async () => {
  let policy = { concurrency: 1 };
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["one"],
    deliver: (_, context) => untilAborted(context),
    policyOf: () => policy,
  });
  await bus.publishMany(events(3));
  await clock.settled();
  const before = sink.received.length;

  policy = { concurrency: 3 };
  sink.lanes.refresh("one");
  await clock.settled();

  expect([before, sink.received.length]).toEqual([1, 3]);
});

it.each([
  ["more", 1, 4],
  ["fewer", 4, 1],
])("has %s calls under way at once when the policy changes while the lane is busy", async (_, before, after) => {
  let policy: DeliveryPolicy = { concurrency: before };
  const { bus, clock, sink } = await aSlowBus({ destinations: ["one"], policyOf: () => policy });

  await bus.publishMany(events(40));
  await clock.advance(3 * SLOW_MS - 1);
  const underWayBefore = sink.underWay;
  policy = { concurrency: after };
  await clock.advance(2 * SLOW_MS);
  const underWayAfter = sink.underWay;
  await clock.advance(60 * SLOW_MS);

  expect([underWayBefore, underWayAfter]).toEqual([before, after]);
  expect(sink.received).toHaveLength(40);
  expect(new Set(sink.received).size).toBe(40);
});

it("loses, doubles and reorders nothing while the policy changes again and again", async () => {
  const policies: readonly DeliveryPolicy[] = [
    { concurrency: 1, timeoutMs: 2_000 },
    { concurrency: 7, prefetch: 3 },
    { concurrency: 3, timeoutMs: 60_000, rate: { limit: 1_000, perMs: 1 } },
    { prefetch: 40 },
  ];
  let turn = 0;
  const { bus, clock, sink, store } = await aSlowBus({
    destinations: ["one"],
    policyOf: () => policies[turn % policies.length],
  });
  const keyed = Array.from({ length: 5 }, (_, key) => events(20, { key: `k${key}` }, `k${key}-`)).flat();

  await bus.publishMany(keyed);
  for (; turn < 200; turn += 1) await clock.advance(SLOW_MS / 2);

  expect(sink.received).toHaveLength(100);
  for (let key = 0; key < 5; key += 1) {
    const ofKey = sink.received.filter((id) => id.startsWith(`k${key}-`));
    expect(ofKey).toEqual(Array.from({ length: 20 }, (_, index) => `k${key}-${index}`));
  }
  expect(await store.stats()).toMatchObject({ delivered: 100, pending: 0, leased: 0 });
});

it("begins no call that could outlast its lease when the deadline becomes longer", async () => {
  let policy: DeliveryPolicy = { concurrency: 1, timeoutMs: 2_000 };
  const { bus, clock, sink, errors } = await aStartedBus({
    destinations: ["one"],
    policyOf: () => policy,
    deliver: async ([delivery]) => {
      // The second begins before the lane leases again.
      await elapsed(clock, ["e0", "e1"].includes(delivery?.event.id ?? "") ? 1_500 : 500_000);
      return [delivered()];
    },
  });

  await bus.publishMany(events(4));
  await clock.settled();
  policy = { concurrency: 1, timeoutMs: 600_000 };
  await clock.advance(2_000_000);

  expect(sink.received.toSorted()).toEqual(["e0", "e1", "e2", "e3"]);
  expect(errors).toEqual([]);
});

it.each([
  ["a field that is not valid", { concurrency: 0 }, "concurrency must be a whole number from 1."],
  ["a field that there is not", { speed: 9 }, 'it has no field "speed".'],
  [
    "a field that throws",
    {
      get rate(): never {
        throw new Error("not yet");
      },
    },
    "it cannot be read.",
  ],
  ["an order of its own", { ordering: "none" }, "ordering is the same for all destinations of a sink."],
])("reports a policy with %s once, and serves the destination by the sink's own", async (_, policy, message) => {
  const { bus, clock, most, errors } = await aSlowBus({
    policy: { concurrency: 2 },
    policyOf: (destination) => (destination === "one" ? (policy as DeliveryPolicy) : undefined),
  });

  await bus.publishMany(events(10));
  await clock.advance(20 * SLOW_MS);

  expect([most("one"), most("two")]).toEqual([2, 2]);
  expect(errors).toMatchObject([
    { code: "BUS_OPTION_INVALID", message: `The policy of sink "hooks" for "one": ${message}` },
  ]);
});

it.each([
  [
    "throws",
    () => {
      throw new Error("no such webhook");
    },
    "no such webhook",
  ],
  ["gives no object", () => "fast" as never, "It gave no object."],
])("reports once that a sink %s when asked, and serves the destination by its own policy", async (_, ask, reason) => {
  const { bus, clock, sink, most, errors } = await aSlowBus({
    destinations: ["one"],
    policy: { concurrency: 2 },
    policyOf: ask,
  });

  await bus.publishMany(events(10));
  await clock.advance(20 * SLOW_MS);

  expect(sink.received).toHaveLength(10);
  expect(most("one")).toBe(2);
  expect(errors).toMatchObject([{ code: "BUS_PLUGIN_INVALID", cause: { message: reason } }]);
  expect(errors[0]?.message).toContain('Sink "hooks" failed to give a policy for "one"');
});

it("is not asked for the lane in which events wait for their destinations", async () => {
  const asked = new Set<string>();
  const { bus, clock } = await aStartedBus({
    destinations: ["one", "two"],
    policyOf: (destination) => void asked.add(destination),
  });

  await bus.publishMany(events(3));
  await clock.settled();

  expect(asked).toEqual(new Set(["one", "two"]));
});
