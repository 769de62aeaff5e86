import { delivered, memoryStore, retry } from "@bus/core";
import { expect, it } from "vitest";

import { anEvent, aSink, aStartedBus, events, moved, Recording } from "./a-started-bus.ts";
import { aFailingStore, aStoreWith } from "./a-store.ts";
import { virtualClock } from "@bus/testkit";

it("sends nothing before the store has it", async () => {
  const store = memoryStore();
  const gate = Promise.withResolvers<void>();
  const append: typeof store.append = async (...args) => {
    await gate.promise;
    return store.append(...args);
  };
  const { bus, clock, sink } = await aStartedBus({ store: aStoreWith({ append }, store) });

  const publishing = bus.publish("message.created", {}, { id: "a" });
  await clock.advance(1_000);
  const before = [...sink.received];
  gate.resolve();
  await publishing;
  await clock.settled();

  expect(before).toEqual([]);
  expect(sink.received).toEqual(["a"]);
});

it("rejects an event that the store does not take, and sends it nowhere", async () => {
  const { bus, clock, sink } = await aStartedBus({ store: aFailingStore({ append: 1 }) });

  await expect(bus.publish("message.created", {}, { id: "a" })).rejects.toMatchObject({ code: "BUS_STORE_FAILED" });
  await clock.advance(10_000);

  expect(sink.received).toEqual([]);
});

it("records the same event id once", async () => {
  const { bus, clock, sink } = await aStartedBus();

  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "a" })]);
  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(sink.received).toEqual(["a"]);
});

it("sends the same bytes under the same id on every attempt, whatever host and sink do to their copy", async () => {
  const seen: string[] = [];
  const { bus, clock, sink } = await aStartedBus({
    deliver: ([delivery]) => {
      seen.push(JSON.stringify(delivery?.event));
      Object.assign(delivery?.event.data as object, { text: "changed by the sink" });
      return [seen.length < 3 ? retry("503") : delivered()];
    },
  });
  const data = { text: "hello" };

  const publishing = bus.publish("message.created", data, { id: "a" });
  data.text = "changed by the host";
  await publishing;
  await clock.advance(3_600_000);

  expect(seen).toHaveLength(3);
  expect(new Set(seen).size).toBe(1);
  expect(seen[0]).toContain(`"data":{"text":"hello"}`);
  expect(new Set(sink.deliveries.map(({ id }) => id)).size).toBe(1);
});

it("takes up at start what a stopped bus left in the store", async () => {
  const store = memoryStore();
  const first = await aStartedBus({ store, policy: { concurrency: 1 }, answers: { a: ["hang"] }, stopTimeoutMs: 100 });
  await first.bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b" })]);
  await first.clock.settled();
  await first.end();

  const second = await aStartedBus({ store, clock: first.clock });
  await second.clock.advance(10_000);

  expect(first.sink.received).toEqual(["a"]);
  expect(second.sink.received).toEqual(["b", "a"]);
  expect(second.sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1]);
});

it("tells of a delivery only after the store took its end", async () => {
  const store = memoryStore();
  const log: string[] = [];
  const settle: typeof store.settle = async (...args) => {
    await Promise.resolve();
    const answers = await store.settle(...args);
    log.push("settled");
    return answers;
  };
  const { bus, clock } = await aStartedBus({ store: aStoreWith({ settle }, store) });
  bus.events.on("delivered", () => void log.push("delivered"));

  await bus.publish("message.created", {});
  await clock.settled();

  expect(log).toEqual(["settled", "delivered"]);
});

it("counts in its signals what the store counts", async () => {
  const answers = { e0: [retry("503")], e1: [retry("503"), retry("503")] };
  const { bus, clock, told } = await aStartedBus({ answers, policy: { retry: [1_000] } });

  await bus.publishMany(events(10));
  await clock.advance(10_000);

  const stats = await bus.deliveries.stats();
  expect(stats).toMatchObject({ delivered: 9, dead: 1, pending: 0, leased: 0 });
  expect(told("delivered")).toHaveLength(stats.delivered);
  expect(told("dead")).toHaveLength(stats.dead);
  expect(told("retrying")).toEqual(["e0", "e1"]);
});

it("notes the cause of what is published in a listener and in deliver", async () => {
  const { bus, clock, sink } = await aStartedBus({
    deliver: async ([delivery]) => {
      if (delivery?.event.id === "b") await bus.publish("message.read", {}, { id: "c" });
      return [delivered()];
    },
  });
  bus.on("message.created", async (event) => {
    if (event.id === "a") await bus.publish("message.created", {}, { id: "b" });
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  const caused = sink.deliveries.map(({ event }) => [event.id, event.causationid, event.correlationid]);
  expect(caused).toEqual([
    ["a", undefined, undefined],
    ["b", "a", "a"],
    ["c", "b", "a"],
  ]);
});

it("does not take the event that woke a lane for the cause of what follows from another", async () => {
  const { bus, clock, sink } = await aStartedBus();
  bus.on("message.created", async () => void (await bus.publish("message.read", {}, { id: "b" })));
  bus.events.on("delivered", async ({ eventId }) => {
    if (eventId === "b") await bus.publish("message.read", {}, { id: "c" });
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(sink.deliveries.map(({ event }) => [event.id, event.causationid])).toEqual([
    ["a", undefined],
    ["b", "a"],
    ["c", undefined],
  ]);
});

it("gives every sink its own delivery, and one that fails holds up no other", async () => {
  const clock = virtualClock();
  const other = new Recording();
  const { bus, sink } = await aStartedBus({
    clock,
    answers: { a: ["hang"] },
    others: { crm: aSink({}, clock, other) },
  });

  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "k" })]);
  await clock.settled();

  expect(sink.received).toEqual(["a"]);
  expect(other.received).toEqual(["a", "b"]);
});

it("lets a publish that waits for room go on when a delivery ends", async () => {
  const { bus, clock, sink } = await aStartedBus({ maxBacklog: 1, onFull: "wait" });

  await moved(clock, Promise.all(events(5).map((event) => bus.publishMany([event]))));
  await clock.settled();

  expect(sink.received).toEqual(["e0", "e1", "e2", "e3", "e4"]);
});
