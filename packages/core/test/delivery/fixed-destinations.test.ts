import { createBus, memoryStore, rejected, retry, type Store } from "@bus/core";
import { expect, it } from "vitest";
import { z } from "zod";

import { aSink, aStartedBus, anEvent, Recording } from "./a-started-bus.ts";
import { aStoreWith } from "./a-store.ts";

const RULES: Readonly<Record<string, readonly string[]>> = { "message.created": ["one", "two"], "message.read": [] };
const byRule = (type: string): readonly string[] => RULES[type] ?? [];

it("stores a delivery for each fixed destination with the event, and looks nothing up", async () => {
  const store = memoryStore();
  const stored: string[][] = [];
  const append: Store["append"] = (entries, options) => {
    stored.push(entries.flatMap(({ deliveries }) => deliveries.map(({ destination }) => destination)));
    return store.append(entries, options);
  };
  const expand: Store["expand"] = () => Promise.reject(new Error("There is nothing to expand."));
  const { bus, clock, sink } = await aStartedBus({
    store: aStoreWith({ append, expand }, store),
    fixedDestinations: byRule,
  });

  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();

  expect(stored).toEqual([["one", "two"]]);
  expect([sink.to("one"), sink.to("two")]).toEqual([["a"], ["a"]]);
});

it("owes nothing where a type has no destination", async () => {
  const { bus, clock, sink } = await aStartedBus({ fixedDestinations: byRule });

  await bus.publish("message.read", {});
  await clock.settled();

  expect(sink.received).toEqual([]);
  expect(await bus.deliveries.stats()).toMatchObject({ pending: 0, skipped: 0, delivered: 0 });
});

it("asks once per type, and names each destination once", async () => {
  const asked: string[] = [];
  const { bus, clock, sink } = await aStartedBus({
    fixedDestinations: (type) => {
      asked.push(type);
      return ["one", "one"];
    },
  });

  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b" })]);
  await clock.settled();

  expect(asked).toEqual(["message.created"]);
  expect(sink.to("one")).toEqual(["a", "b"]);
});

it("gives each destination an outcome of its own", async () => {
  const { bus, clock } = await aStartedBus({
    fixedDestinations: byRule,
    deliver: (batch) => batch.map(({ destination }) => (destination === "one" ? rejected("no") : retry("later"))),
  });

  await bus.publish("message.created", {});
  await clock.settled();

  const { items } = await bus.deliveries.list();
  expect(items.map(({ destination, state }) => [destination, state])).toEqual([
    ["one", "dead"],
    ["two", "pending"],
  ]);
});

it("sends an event once to a destination, whatever number of routes lead there: as the first has it", async () => {
  const sink = new Recording();
  const { clock } = await aStartedBus();
  const bus = createBus({
    name: "routed",
    events: { "message.created": z.unknown(), "message.read": z.unknown() },
    sinks: { hooks: aSink({ fixedDestinations: byRule }, clock, sink) },
    routes: [
      { on: "message.*", to: "hooks", map: (_event) => ({ type: "message.created", data: "first" }) },
      { on: "message.created", to: "hooks" },
    ],
  });
  await bus.start();

  await bus.publish("message.created", "second");
  await bus.publish("message.read", "third");
  await expect.poll(() => sink.deliveries.length).toBe(4);
  await bus.stop();

  expect(sink.deliveries.map(({ event, destination }) => [event.data, destination])).toEqual([
    ["first", "one"],
    ["first", "two"],
    ["first", "one"],
    ["first", "two"],
  ]);
});

it.each([
  ["no list", () => "one" as unknown as string[], "BUS_DESTINATION_INVALID"],
  ["an empty name", () => [""], "BUS_DESTINATION_INVALID"],
  ["the reserved name", () => ["*"], "BUS_DESTINATION_INVALID"],
  [
    "a throw",
    () => {
      throw new Error("no rules");
    },
    "BUS_PLUGIN_INVALID",
  ],
])("refuses the publish, and stores nothing, when the sink gives %s", async (_what, fixedDestinations, code) => {
  const { bus, clock } = await aStartedBus({ fixedDestinations });

  await expect(bus.publish("message.created", {})).rejects.toMatchObject({ code });
  await clock.settled();

  expect(await bus.deliveries.stats()).toMatchObject({ events: 0, pending: 0 });
});

it("refuses a sink that names destinations in both ways", async () => {
  const { clock } = await aStartedBus();
  const sink = aSink({ fixedDestinations: byRule, destinations: ["one"] }, clock);
  const bus = createBus({ name: "both", events: { "message.created": z.unknown() }, sinks: { sink } });

  await expect(bus.start()).rejects.toMatchObject({ code: "BUS_PLUGIN_INVALID" });
});
