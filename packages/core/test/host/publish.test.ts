import { createBus, type BusEvent } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder, aStore, aThingBus, anything, errorOf, started } from "./builders.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("publish", () => {
  it("returns the event with its CloudEvents attributes", async () => {
    const { bus } = await aThingBus();
    const attributes = {
      subject: "thing 1",
      key: "k",
      tenant: "t",
      correlationid: "c",
      causationid: "b",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    const event = await bus.publish("thing.done", { n: 1 }, attributes);

    expect(event).toEqual({
      ...attributes,
      id: expect.stringMatching(UUID_V7),
      type: "thing.done",
      source: "test",
      time: "2026-01-01T00:00:00.000Z",
      data: { n: 1 },
    });
  });

  it("leaves out attributes that are undefined, and sets none by itself", async () => {
    const { bus } = await aThingBus();

    const event = await bus.publish("thing.done", 1, { key: undefined, id: undefined } as never);

    expect(Object.keys(event).toSorted()).toEqual(["data", "id", "source", "time", "type"]);
  });

  it("gives ids that sort in the order of publishing, within a millisecond, across one, and when the clock steps back", async () => {
    const { bus, clock } = await aThingBus();
    const ids: string[] = [];

    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 6_000; n += 1) ids.push((await bus.publish("thing.done", n)).id);
      if (round === 0) await clock.advance(20);
      else clock.step(-1_000);
    }

    expect(new Set(ids).size).toBe(18_000);
    expect(ids.toSorted()).toEqual(ids);
  });

  it("stamps the wall clock's time", async () => {
    const { bus, clock } = await aThingBus();

    clock.step(1_500);
    const event = await bus.publish("thing.done", 1);

    expect(event.time).toBe("2026-01-01T00:00:01.500Z");
  });

  it("records an id once, and tells listeners and signals once", async () => {
    const { bus, clock, received } = await aThingBus();
    const heard: unknown[] = [];
    const signals: BusEvent[] = [];
    bus.on("**", (event) => heard.push(event.data));
    bus.events.on("published", (event) => signals.push(event));

    await bus.publish("thing.done", "first", { id: "order-1" });
    const again = await bus.publish("thing.done", "second", { id: "order-1" });
    await clock.settled();

    expect(again.id).toBe("order-1");
    expect(heard).toEqual(["first"]);
    expect(signals.map(({ data }) => data)).toEqual(["first"]);
    expect(received.map(({ data }) => data)).toEqual(["first"]);
  });

  it("records the id of an event that goes to listeners only", async () => {
    const bus = await started(createBus({ name: "test", events: anything }));
    const heard: unknown[] = [];
    bus.on("**", (event) => heard.push(event.data));

    await bus.publish("thing.done", "first", { id: "order-1" });
    await bus.publish("thing.done", "second", { id: "order-1" });

    expect(heard).toEqual(["first"]);
  });

  it("hands the store what the data was when it was called, whatever the host does to it later", async () => {
    const { bus, clock, received } = await aThingBus({ validate: false });
    const data = { tags: ["a"] };

    const publishing = bus.publish("thing.done", data);
    data.tags.push("b");
    await publishing;
    data.tags.push("c");
    await clock.settled();

    expect(received.map((event) => event.data)).toEqual([{ tags: ["a"] }]);
  });

  it("gives each sink data of its own", async () => {
    const spoiling = aRecorder(undefined, {
      deliver: ([delivery]) => {
        Object.assign(delivery?.event.data as object, { n: 99 });
        return [{ kind: "delivered" }];
      },
    });
    const recording = aRecorder();
    const sinks = { spoiling: spoiling.sink, recording: recording.sink };
    const bus = await started(createBus({ name: "test", events: anything, sinks }));

    await bus.publish("thing.done", { n: 1 });

    await expect.poll(() => recording.received.map(({ data }) => data)).toEqual([{ n: 1 }]);
  });

  it("keeps undefined as null, as JSON has no undefined", async () => {
    const { bus, clock, received } = await aThingBus();

    await bus.publish("thing.done", undefined);
    await clock.settled();

    expect(received.map(({ data }) => data)).toEqual([null]);
  });

  it("takes types named like what every object has, where they are declared", async () => {
    const events = { constructor: z.number(), toString: z.number(), ["__proto__"]: z.number() };
    const { sink, received } = aRecorder(events);
    const heard: unknown[] = [];
    const bus = await started(createBus({ name: "test", events, sinks: { constructor: sink } }));
    bus.on("*", (event) => heard.push(event.type));

    await bus.publish("constructor", 1);
    await bus.publish("toString", 2);
    await bus.publish("__proto__", 3);

    expect(heard).toEqual(["constructor", "toString", "__proto__"]);
    await expect.poll(() => received.map(({ data }) => data)).toEqual([1, 2, 3]);
  });

  it("never resolves for an event that the store did not take", async () => {
    const { bus } = await aThingBus({ store: aStore({ append: () => Promise.reject(new Error("disk full")) }) });
    const heard: unknown[] = [];
    bus.on("**", (event) => heard.push(event));

    const error = await errorOf(() => bus.publish("thing.done", 1));

    expect(error).toMatchObject({
      code: "BUS_STORE_FAILED",
      message: "The store failed at append: see the cause.",
      cause: new Error("disk full"),
    });
    expect(heard).toEqual([]);
  });
});

describe("publishMany", () => {
  it("stores all in order, and returns the events", async () => {
    const { bus, clock, received } = await aThingBus();

    const events = await bus.publishMany([
      { type: "thing.done", data: 1, key: "k", id: "a" },
      { type: "thing.done", data: 2, key: "k" },
    ]);
    await clock.settled();

    expect(events.map(({ id, data }) => [id, data])).toEqual([
      ["a", 1],
      [expect.stringMatching(UUID_V7), 2],
    ]);
    expect(received.map(({ data }) => data)).toEqual([1, 2]);
  });

  it.each([
    [
      "an unknown type",
      { type: "thing.gone", data: 1 },
      'The event type "thing.gone" (entry 1) is not declared: add it to',
    ],
    ["wrong data", { type: "size.set", data: "x" }, 'The data of "size.set" (entry 1) does not fit its schema: '],
    [
      "data without a JSON form",
      { type: "thing.done", data: 1n },
      'The data of "thing.done" (entry 1) has no JSON form: ',
    ],
    ["a wrong option", { type: "thing.done", data: 1, key: 5 }, 'Publishing "thing.done" (entry 1): key must be '],
    ["no type", { data: 1 }, "Entry 1 of publishMany(): its event type must be a string."],
    ["nothing at all", null, "Entry 1 of publishMany(): it must be an object with type and data."],
  ])("with %s in one entry stores nothing, tells nobody and names the entry", async (_, bad, message) => {
    const { sink, received } = aRecorder();
    const heard: unknown[] = [];
    const events = { ...anything, "size.set": z.number() };
    const bus = await started(createBus({ name: "test", events, sinks: { store: sink } }));
    bus.on("**", (event) => heard.push(event));
    const good = { type: "thing.done", data: 1 };

    const error = await errorOf(() => bus.publishMany([good, bad, good] as never));

    expect(error).toMatchObject({ name: "BusError", message: expect.stringContaining(message) });
    expect(await bus.deliveries.stats()).toMatchObject({ events: 0, pending: 0 });
    expect([heard, received]).toEqual([[], []]);
  });

  it("records an id that comes twice in it once", async () => {
    const { bus, clock, received } = await aThingBus();
    const heard: unknown[] = [];
    bus.on("**", (event) => heard.push(event.data));

    await bus.publishMany([
      { type: "thing.done", data: 1, id: "same" },
      { type: "thing.done", data: 2, id: "same" },
    ]);
    await clock.settled();

    expect(heard).toEqual([1]);
    expect(received.map(({ data }) => data)).toEqual([1]);
  });

  it("of nothing stores nothing", async () => {
    const { bus } = await aThingBus();

    await expect(bus.publishMany([])).resolves.toEqual([]);
  });
});
