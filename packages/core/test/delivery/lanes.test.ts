import { delivered, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { aStartedBus, elapsed, events, untilAborted } from "./a-started-bus.ts";
import { aCountingStore, aSlowStore, aStoreWith } from "./a-store.ts";

it("delays no destination for one that hangs", async () => {
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["bad", "good"],
    deliver: ([delivery], context) => (delivery?.destination === "bad" ? untilAborted(context) : [delivered()]),
  });

  await bus.publishMany(events(50));
  await clock.settled();

  expect(sink.to("good")).toHaveLength(50);
  expect(sink.to("bad")).toHaveLength(4);
});

it("delays no destination for one that fails", async () => {
  const { bus, clock, sink } = await aStartedBus({
    destinations: ["bad", "good"],
    deliver: ([delivery]) => [delivery?.destination === "bad" ? retry("503") : delivered()],
  });

  await bus.publishMany(events(50, { key: "k" }));
  await clock.settled();

  expect(sink.to("good")).toHaveLength(50);
  expect(sink.to("bad")).toEqual(["e0"]);
});

it.each([
  ["what it is set to", { prefetch: 3, concurrency: 2 }, delivered(), 3],
  ["what it is set to under lane order", { prefetch: 5, ordering: "lane" }, delivered(), 5],
  ["twice what its one call carries under lane order", { ordering: "lane" }, delivered(), 2],
  ["the same under lane order while it fails", { ordering: "lane", retry: [1_000, 1_000] }, retry("503"), 2],
] as const)("takes from a lane no more at once than %s", async (_, policy, outcome, most) => {
  const counting = aCountingStore();
  const { bus, clock } = await aStartedBus({ store: counting.store, policy, deliver: () => [outcome] });

  await bus.publishMany(events(100));
  await clock.advance(100_000);

  expect(counting.most({ sink: "hooks", destination: "default" })).toBe(most);
});

it("takes from a lane no more at once than twice what its calls carry while these take time", async () => {
  const clock = virtualClock();
  const counting = aCountingStore();
  const { bus, sink } = await aStartedBus({
    clock,
    store: counting.store,
    policy: { concurrency: 2 },
    deliver: async () => {
      await elapsed(clock, 10);
      return [delivered()];
    },
  });

  await bus.publishMany(events(100));
  await clock.advance(1_000);

  expect(sink.received).toHaveLength(100);
  expect(counting.most({ sink: "hooks", destination: "default" })).toBe(4);
});

it.each([
  ["up to sixteen times that", 1, 16, 64],
  ["no more than its share", 64, 16, 32],
])("takes %s while the store, not the destination, is what the lane waits for", async (_, lanes, least, most) => {
  const clock = virtualClock();
  const counting = aCountingStore(aSlowStore(clock));
  const destinations = Array.from({ length: lanes }, (__, index) => `d${index}`);
  const { bus, sink } = await aStartedBus({ clock, store: counting.store, destinations, policy: { concurrency: 2 } });
  await Promise.all(destinations.map((destination) => bus.lanes.pause({ sink: "hooks", destination })));
  await bus.publishMany(events(100));
  await clock.advance(10_000);

  await Promise.all(destinations.map((destination) => bus.lanes.resume({ sink: "hooks", destination })));
  await clock.advance(10_000);

  expect(sink.received).toHaveLength(100 * lanes);
  expect(counting.most({ sink: "hooks", destination: "d0" })).toBeGreaterThan(least);
  expect(counting.most({ sink: "hooks", destination: "d0" })).toBeLessThanOrEqual(most);
});

it("takes no more than at first when the destination of a lane that was fast fails", async () => {
  const clock = virtualClock();
  const store = aSlowStore(clock);
  const limits: number[] = [];
  let isWell = true;
  const { bus } = await aStartedBus({
    clock,
    store: aStoreWith(
      {
        lease: (request) => {
          limits.push(request.limit);
          return store.lease(request);
        },
      },
      store,
    ),
    policy: { concurrency: 2, retry: [3_600_000] },
    deliver: () => [isWell ? delivered() : retry("503")],
  });
  await bus.publishMany(events(2_000));
  await clock.advance(200);
  const fast = Math.max(...limits);

  isWell = false;
  await clock.advance(30);
  limits.length = 0;
  await clock.advance(100);

  expect(fast).toBeGreaterThan(16);
  expect(Math.max(...limits)).toBeLessThanOrEqual(4);
});

it("begins a call as soon as the one before has ended, while the store records its outcome", async () => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({ clock, store: aSlowStore(clock), policy: { concurrency: 1 } });

  await bus.publishMany(events(2));
  await clock.advance(10);

  expect(sink.calls.map(({ at }) => at)).toEqual([10, 10]);
});

it("takes no more at once while the destination hangs", async () => {
  const counting = aCountingStore();
  const { bus, clock } = await aStartedBus({ store: counting.store, deliver: (_, context) => untilAborted(context) });

  await bus.publishMany(events(1_000));
  await clock.advance(25_000);
  await bus.publishMany(events(1_000, {}, "f"));
  await clock.advance(1_000);

  expect(counting.most({ sink: "hooks", destination: "default" })).toBe(8);
});

it.each([
  ["of a lane", ["one"], { concurrency: 3 }, 1_000, 3],
  ["of each lane", ["one", "two"], { concurrency: 3 }, 1_000, 6],
  ["of the whole bus", Array.from({ length: 20 }, (_, index) => `d${index}`), {}, 5, 5],
])("keeps within the concurrency %s", async (_, destinations, policy, concurrency, most) => {
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    destinations,
    policy,
    concurrency,
    deliver: async () => {
      await elapsed(clock, 10);
      return [delivered()];
    },
  });

  await bus.publishMany(events(10));
  await clock.advance(10_000);

  expect(sink.received).toHaveLength(10 * destinations.length);
  expect(sink.mostUnderWay).toBe(most);
});

it("serves a hundred lanes with backlog evenly", async () => {
  const destinations = Array.from({ length: 100 }, (_, index) => `d${index}`);
  const spreads: number[] = [];
  const sent = new Map(destinations.map((destination) => [destination, 0]));
  const clock = virtualClock();
  const { bus, sink } = await aStartedBus({
    clock,
    destinations,
    concurrency: 10,
    deliver: async ([delivery]) => {
      const { destination } = delivery ?? { destination: "" };
      sent.set(destination, (sent.get(destination) ?? 0) + 1);
      spreads.push(Math.max(...sent.values()) - Math.min(...sent.values()));
      await elapsed(clock, 10);
      return [delivered()];
    },
  });
  await Promise.all(destinations.map((destination) => bus.lanes.pause({ sink: "hooks", destination })));
  await bus.publishMany(events(50));
  await clock.settled();

  await Promise.all(destinations.map((destination) => bus.lanes.resume({ sink: "hooks", destination })));
  await clock.advance(10_000);

  expect(sink.received).toHaveLength(5_000);
  // A lane has at most its 4 calls in line, so none is ahead of another by more than a few turns.
  expect(Math.max(...spreads)).toBeLessThanOrEqual(8);
});

it("sends to a destination that works while a thousand others hang", async () => {
  const destinations = Array.from({ length: 1_000 }, (_, index) => `d${index}`);
  const { bus, clock, sink } = await aStartedBus({
    destinations,
    concurrency: 10_000,
    deliver: ([delivery], context) => (delivery?.destination === "d7" ? [delivered()] : untilAborted(context)),
  });

  await bus.publishMany(events(5));
  await clock.settled();

  expect(sink.to("d7")).toHaveLength(5);
});
