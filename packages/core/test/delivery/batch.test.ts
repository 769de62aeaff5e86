import { expect, it } from "vitest";

import { anEvent, aStartedBus, events } from "./a-started-bus.ts";

it("fills batches up to their number of items", async () => {
  const { bus, clock, sink } = await aStartedBus({ batch: { maxItems: 4 } });

  await bus.publishMany(events(10));
  await clock.settled();

  expect(sink.calls.map(({ ids }) => ids.length)).toEqual([4, 4, 2]);
});

it("makes full batches of a large backlog", async () => {
  const { bus, clock, sink } = await aStartedBus({ batch: { maxItems: 10 } });

  await bus.publishMany(events(1_000));
  await clock.advance(1_000);

  expect(sink.calls).toHaveLength(100);
});

it("gathers what trickles in while the destination is busy", async () => {
  const { bus, clock, sink } = await aStartedBus({
    batch: { maxItems: 10 },
    policy: { concurrency: 1 },
    answers: { e0: ["hang"] },
  });

  for (const event of events(22)) {
    await bus.publishMany([event]);
    await clock.advance(10);
  }
  await clock.advance(31_000);

  expect(sink.calls.slice(0, 4).map(({ ids }) => ids.length)).toEqual([1, 1, 10, 10]);
});

it("keeps batches within their bytes, and sends what is larger alone", async () => {
  const { bus, clock, sink } = await aStartedBus({
    batch: { maxItems: 10, maxBytes: 20 },
    policy: { ordering: "lane" },
  });

  // With its quotes a text takes two bytes more; "€" takes three.
  await bus.publishMany([
    anEvent({ id: "8", data: "x".repeat(6) }),
    anEvent({ id: "12", data: "x".repeat(10) }),
    anEvent({ id: "11", data: "€€€" }),
    anEvent({ id: "10", data: "x".repeat(8) }),
    anEvent({ id: "100", data: "x".repeat(98) }),
    anEvent({ id: "3", data: "x" }),
  ]);
  await clock.advance(100);

  expect(sink.calls.map(({ ids }) => ids)).toEqual([["8", "12"], ["11"], ["10"], ["100"], ["3"]]);
});

it("lets an incomplete batch wait for more, but not longer than it may", async () => {
  const { bus, clock, sink } = await aStartedBus({ batch: { maxItems: 10, lingerMs: 100 } });

  await bus.publishMany(events(2));
  await clock.advance(60);
  await bus.publishMany(events(2, {}, "f"));
  await clock.advance(39);
  const before = [...sink.received];
  await clock.advance(1);

  expect(before).toEqual([]);
  expect(sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1", "f0", "f1"]]);
});

it("sends a full batch without waiting", async () => {
  const { bus, clock, sink } = await aStartedBus({ batch: { maxItems: 3, lingerMs: 100 } });

  await bus.publishMany(events(3));
  await clock.settled();

  expect(sink.calls.map(({ ids }) => ids)).toEqual([["e0", "e1", "e2"]]);
});

it("does not keep a stop waiting for a batch to fill", async () => {
  const { bus, clock, sink, end } = await aStartedBus({ batch: { maxItems: 3, lingerMs: 3_600_000 } });

  await bus.publishMany(events(2));
  await clock.settled();
  await end();

  expect(sink.received).toEqual([]);
});

it("does not keep a stop waiting for a batch that begins to fill while it stops", async () => {
  const { bus, clock, sink } = await aStartedBus({
    batch: { maxItems: 3, lingerMs: 3_600_000 },
    destinations: async () => {
      await new Promise((resolve) => void clock.schedule(() => resolve(undefined), 50));
      return ["one"];
    },
  });
  const startedAt = clock.steady();

  await bus.publishMany(events(1));
  await clock.settled();
  const stopping = bus.stop();
  await clock.advance(100);
  await stopping;

  expect(sink.received).toEqual([]);
  expect(clock.steady() - startedAt).toBe(100);
});
