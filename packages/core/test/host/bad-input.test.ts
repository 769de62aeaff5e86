import {
  BusError,
  createBus,
  defineSink,
  defineSource,
  delivered,
  provide,
  token,
  type Bus,
  type Outcome,
  type Sink,
} from "@bus/core";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder, aThingBus, anything, errorOf, started } from "./builders.ts";

/** What a caller without types may do: anything. */
type Anyhow = (...args: readonly unknown[]) => unknown;

const create = (): object => ({ deliver: () => [] });
const definition = { name: "crm", options: z.undefined(), create };
const crm = defineSink({ name: "crm", options: z.undefined(), create: () => ({ deliver: () => [] }) })(undefined);
const strict = defineSink({
  name: "crm",
  options: z.object({ url: z.url(), token: z.string() }),
  accepts: { "order.paid": z.object({ total: z.number() }) },
  create: () => ({ deliver: () => [] }),
});
const tags = defineSource({ name: "tags", options: z.undefined(), create: () => ({ start: () => undefined }) })(
  undefined,
);
const PHONE = token<string>("test:phone");
const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;

async function refusalOf(call: () => unknown): Promise<readonly unknown[]> {
  const error = await errorOf(call);
  return BusError.is(error) ? [error.code, error.message] : [error];
}

describe("a definition of a plugin", () => {
  const policied = (policy: unknown) => () => (strict as Anyhow)({ url: "https://a.example", token: "t" }, policy);

  it.each<[string, () => unknown, string, string]>([
    ["nothing", () => (defineSink as Anyhow)(), "BUS_PLUGIN_INVALID", "defineSink() takes an object."],
    ["null", () => (defineSource as Anyhow)(null), "BUS_PLUGIN_INVALID", "defineSource() takes an object."],
    [
      "no name",
      () => (defineSink as Anyhow)({ ...definition, name: "" }),
      "BUS_PLUGIN_INVALID",
      "defineSink() needs a name.",
    ],
    [
      "no schema of its options",
      () => (defineSink as Anyhow)({ name: "crm", create }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs a Standard Schema as the options of "crm".',
    ],
    [
      "an accepted type without schema",
      () => (defineSink as Anyhow)({ ...definition, accepts: { "a.b": {} } }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs a Standard Schema for each type "crm" accepts.',
    ],
    [
      "accepted types as a list",
      () => (defineSink as Anyhow)({ ...definition, accepts: ["a.b"] }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs a Standard Schema for each type "crm" accepts.',
    ],
    [
      "an accepted type that is none",
      () => (defineSink as Anyhow)({ ...definition, accepts: { "a b": z.any() } }),
      "BUS_EVENT_TYPE_INVALID",
      '"a b" is no event type: write dot-separated words of letters, digits, "_" and "-", such as "message.created".',
    ],
    [
      "a dependency that is no token",
      () => (defineSink as Anyhow)({ ...definition, deps: { phone: undefined } }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs a token for each of the deps of "crm".',
    ],
    [
      "a default for nothing",
      () => (defineSink as Anyhow)({ ...definition, defaults: { phone: () => 1 } }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs defaults of "crm" that are functions, named like its deps.',
    ],
    [
      "a default that is no function",
      () => (defineSink as Anyhow)({ ...definition, deps: { phone: PHONE }, defaults: { phone: 1 } }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs defaults of "crm" that are functions, named like its deps.',
    ],
    [
      "a policy that is none",
      () => (defineSink as Anyhow)({ ...definition, policy: 5 }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs an object or a function as the policy of "crm".',
    ],
    [
      "neither create nor useClass",
      () => (defineSink as Anyhow)({ ...definition, create: undefined }),
      "BUS_PLUGIN_INVALID",
      'defineSink() needs either create or useClass for "crm".',
    ],
    [
      "both create and useClass",
      () => (defineSource as Anyhow)({ ...definition, useClass: function Crm() {} }),
      "BUS_PLUGIN_INVALID",
      'defineSource() needs either create or useClass for "crm".',
    ],
    [
      "options that do not fit",
      () => (strict as Anyhow)({ url: "https://a.example", token: 5 }),
      "BUS_OPTION_INVALID",
      'The options of sink "crm": token: Invalid input: expected string, received number.',
    ],
    [
      "no options where some are needed",
      () => (strict as Anyhow)(),
      "BUS_OPTION_INVALID",
      'The options of sink "crm": Invalid input: expected object, received undefined.',
    ],
    [
      "options whose schema answers later",
      () =>
        (defineSource as Anyhow as (d: object) => Anyhow)({ ...definition, options: z.any().refine(async () => true) })(
          {},
        ),
      "BUS_PLUGIN_INVALID",
      'The options of source "crm" have an asynchronous schema.',
    ],
    [
      "a policy of the host's that is no object",
      policied([]),
      "BUS_OPTION_INVALID",
      'The policy of sink "crm": it must be an object.',
    ],
    [
      "a policy with an unknown field",
      policied({ concurency: 2 }),
      "BUS_OPTION_INVALID",
      'The policy of sink "crm": it has no field "concurency".',
    ],
  ])("with %s is refused", async (_, call, code, message) => {
    expect(await refusalOf(call)).toEqual([code, message]);
  });

  it("takes a policy whose fields are undefined for one without them", () => {
    const plugin = strict({ url: "https://a.example", token: "t" }, { concurrency: undefined } as never);

    expect(plugin.policy).toEqual({});
  });
});

describe("createBus", () => {
  const good = { name: "shop", events: { "order.paid": z.number() } };
  const fine = { ...good, sinks: { crm } };
  const paid = { on: "order.paid", to: "crm" };
  const routed = (...routes: readonly unknown[]): object => ({ ...fine, routes });
  const option = (name: string, must: string): [string, string] => [
    "BUS_OPTION_INVALID",
    `createBus() option ${name}: it must be ${must}.`,
  ];
  const strictly = strict({ url: "https://a.example", token: "t" });
  const policied = (policy: object): object => ({
    ...good,
    sinks: {
      crm: defineSink({ name: "x", options: z.undefined(), create: () => ({ deliver: () => [] }) })(undefined, policy),
    },
  });

  it.each<[string, unknown, string, string]>([
    ["nothing", undefined, "BUS_OPTION_INVALID", "createBus(): its options must be an object."],
    ["a list", [], "BUS_OPTION_INVALID", "createBus(): its options must be an object."],
    ["an unknown option", { ...good, sink: {} }, "BUS_OPTION_INVALID", 'createBus(): it has no option "sink".'],
    ["no name", { events: {} }, ...option("name", "a non-empty string without control characters")],
    [
      "a name of two lines",
      { ...good, name: "a\nb" },
      ...option("name", "a non-empty string without control characters"),
    ],
    ["events that are null", { ...good, events: null }, ...option("events", "an object")],
    ["events that are a list", { ...good, events: ["order.paid"] }, ...option("events", "an object")],
    [
      "an event type with a space",
      { ...good, events: { "order paid": z.any() } },
      "BUS_EVENT_TYPE_INVALID",
      '"order paid" is no event type: write dot-separated words of letters, digits, "_" and "-", such as "message.created".',
    ],
    [
      "an event type that is empty",
      { ...good, events: { "": z.any() } },
      "BUS_EVENT_TYPE_INVALID",
      '"" is no event type: write dot-separated words of letters, digits, "_" and "-", such as "message.created".',
    ],
    [
      "an event without a schema",
      { ...good, events: { "order.paid": "number" } },
      ...option('events["order.paid"]', "a Standard Schema, such as zod's, valibot's or arktype's"),
    ],
    ["sinks that are a list", { ...good, sinks: [crm] }, ...option("sinks", "an object")],
    ["sources that are null", { ...good, sources: null }, ...option("sources", "an object")],
    [
      "a sink named __proto__",
      { ...good, sinks: { ["__proto__"]: crm } },
      ...option("sinks", 'named by letters, digits, _ and -, a letter first, at most 64: "__proto__" is not'),
    ],
    [
      "a source whose name has a space",
      { ...good, sources: { "my tags": tags } },
      ...option("sources", 'named by letters, digits, _ and -, a letter first, at most 64: "my tags" is not'),
    ],
    [
      "a sink that is a factory",
      { ...good, sinks: { crm: strict } },
      "BUS_PLUGIN_INVALID",
      "sinks.crm is no sink: call the factory that defineSink made.",
    ],
    [
      "a sink that is undefined",
      { ...good, sinks: { crm: undefined } },
      "BUS_PLUGIN_INVALID",
      "sinks.crm is no sink: call the factory that defineSink made.",
    ],
    [
      "a sink made without defineSink",
      { ...good, sinks: { crm: { kind: "sink", deliver: () => [] } } },
      "BUS_PLUGIN_INVALID",
      "sinks.crm is no sink: call the factory that defineSink made.",
    ],
    [
      "a source among the sinks",
      { ...good, sinks: { tags } },
      "BUS_PLUGIN_INVALID",
      "sinks.tags is no sink: call the factory that defineSink made.",
    ],
    [
      "a sink among the sources",
      { ...good, sources: { crm } },
      "BUS_PLUGIN_INVALID",
      "sources.crm is no source: call the factory that defineSource made.",
    ],
    ["a store that is none", { ...good, store: {} }, ...option("store", "a store, such as memoryStore()")],
    ["a store that is null", { ...good, store: null }, ...option("store", "a store, such as memoryStore()")],
    ["a container that is none", { ...good, container: {} }, ...option("container", "a container of tsyringe's")],
    ["provide that is no list", { ...good, provide: {} }, ...option("provide", "a list of provide(token, value)")],
    [
      "a bare value in provide",
      { ...good, provide: ["phone"] },
      ...option("provide[0]", "what provide(token, value) returned"),
    ],
    ["null in provide", { ...good, provide: [null] }, ...option("provide[0]", "what provide(token, value) returned")],
    [
      "provide() of no token",
      { ...good, provide: [provide(undefined as never, 1 as never)] },
      ...option("provide[0]", "what provide(token, value) returned"),
    ],
    [
      "provide() of undefined",
      { ...good, provide: [provide(PHONE, undefined as never)] },
      ...option("provide[0]", 'a value for "test:phone", not undefined'),
    ],
    [
      "two values for a token",
      { ...good, provide: [provide(PHONE, "1"), provide(PHONE, "2")] },
      ...option("provide[1]", 'the only value for "test:phone": an earlier entry provides it too'),
    ],
    ["validate that is no boolean", { ...good, validate: "no" }, ...option("validate", "true or false")],
    ["an unknown onFull", { ...good, onFull: "drop" }, ...option("onFull", '"reject" or "wait"')],
    ["a maxBacklog below 0", { ...good, maxBacklog: -1 }, ...option("maxBacklog", "a whole number, not below 0")],
    [
      "a maxBacklog that is text",
      { ...good, maxBacklog: "10" },
      ...option("maxBacklog", "a whole number, not below 0"),
    ],
    [
      "a stopTimeoutMs that is no number",
      { ...good, stopTimeoutMs: Number.NaN },
      ...option("stopTimeoutMs", "a whole number, not below 0"),
    ],
    ["a concurrency of 0", { ...good, concurrency: 0 }, ...option("concurrency", "a whole number, not below 1")],
    [
      "a retention that is a number",
      { ...good, retention: 5 },
      "BUS_OPTION_INVALID",
      "createBus() option retention: it must be an object.",
    ],
    [
      "an unknown kind of retention",
      { ...good, retention: { days: 1 } },
      "BUS_OPTION_INVALID",
      'createBus() option retention: it has no option "days".',
    ],
    [
      "a retention that is no number",
      { ...good, retention: { ageMs: null } },
      ...option("retention.ageMs", "a whole number, not below 0"),
    ],
    [
      "an ordering that is none",
      policied({ ordering: "fifo" }),
      "BUS_OPTION_INVALID",
      'The policy of sink "crm": ordering must be "key", "none" or "lane".',
    ],
    [
      "a concurrency of a sink of 0",
      policied({ concurrency: 0 }),
      "BUS_OPTION_INVALID",
      'The policy of sink "crm": concurrency must be a whole number from 1.',
    ],
    ["routes that are no list", { ...fine, routes: paid }, ...option("routes", "a list")],
    ["a route that is null", routed(paid, null), "BUS_ROUTE_INVALID", "Route 1: a route is an object with on and to."],
    [
      "a route with an unknown field",
      routed({ ...paid, filter: () => true }),
      "BUS_ROUTE_INVALID",
      'Route 0: it has no field "filter".',
    ],
    [
      "a route without on",
      routed({ to: "crm" }),
      "BUS_ROUTE_INVALID",
      "Route 0: it needs a pattern, or a list of them.",
    ],
    [
      "a route with an empty list",
      routed({ ...paid, on: [] }),
      "BUS_ROUTE_INVALID",
      "Route 0: it needs a pattern, or a list of them.",
    ],
    [
      "a route with a where that is text",
      routed({ ...paid, where: "total > 5" }),
      "BUS_ROUTE_INVALID",
      "Route 0: its where is no function.",
    ],
    [
      "a route with a map that is an object",
      routed({ ...paid, map: {} }),
      "BUS_ROUTE_INVALID",
      "Route 0: its map is no function.",
    ],
    [
      "a route without to",
      routed({ on: "order.paid" }),
      "BUS_SINK_UNKNOWN",
      `Route 0 names the sink "undefined", which is not among the bus's sinks.`,
    ],
    [
      "a route to an unknown sink",
      routed({ ...paid, to: "cmr" }),
      "BUS_SINK_UNKNOWN",
      `Route 0 names the sink "cmr", which is not among the bus's sinks.`,
    ],
    [
      "a route to toString",
      routed({ ...paid, to: "toString" }),
      "BUS_SINK_UNKNOWN",
      `Route 0 names the sink "toString", which is not among the bus's sinks.`,
    ],
    [
      "a route to a list of sinks",
      routed({ ...paid, to: ["crm"] }),
      "BUS_SINK_UNKNOWN",
      `Route 0 names the sink "crm", which is not among the bus's sinks.`,
    ],
    [
      "a pattern that is a number",
      routed({ ...paid, on: [5] }),
      "BUS_PATTERN_INVALID",
      '"5" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.',
    ],
    [
      "a pattern that is an expression",
      routed({ ...paid, on: "/order/" }),
      "BUS_PATTERN_INVALID",
      '"/order/" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.',
    ],
    [
      "a pattern that matches nothing",
      routed({ ...paid, on: ["order.paid", "ordr.*"] }),
      "BUS_PATTERN_UNMATCHED",
      'The pattern "ordr.*" of Route 0 matches no declared event type.',
    ],
    [
      "a route of events the sink does not accept",
      { ...good, events: { "order.sent": z.any() }, sinks: { crm: strictly }, routes: [{ on: "**", to: "crm" }] },
      "BUS_ROUTE_INVALID",
      'Route 0: sink "crm" does not accept "order.sent" as it is; give the route a map.',
    ],
  ])("with %s is refused", async (_, options, code, message) => {
    expect(await refusalOf(() => (createBus as Anyhow)(options))).toEqual([code, message]);
  });

  it("takes an option that is undefined for one that is not there", async () => {
    const names = ["sinks", "sources", "routes", "store", "provide", "container", "validate", "maxBacklog", "onFull"];
    const missing = Object.fromEntries([...names, "stopTimeoutMs", "concurrency"].map((name) => [name, undefined]));
    const bus: Bus<typeof good.events> = createBus({ ...good, ...missing, retention: { ageMs: undefined } } as never);

    await started(bus);

    await expect(bus.publish("order.paid", 1)).resolves.toMatchObject({ data: 1 });
  });
});

describe("a plugin that makes something else keeps the bus from starting", () => {
  it.each<[string, () => unknown, string, string]>([
    ["nothing", () => undefined, "BUS_PLUGIN_INVALID", 'Sink "crm" was made without the method deliver().'],
    ["a promise", async () => create(), "BUS_PLUGIN_INVALID", 'Sink "crm" was made without the method deliver().'],
    [
      "bounds of batches that are none",
      () => ({ deliver: () => [], batch: { maxItems: 0 } }),
      "BUS_PLUGIN_INVALID",
      'Sink "crm" has batch bounds that are no whole numbers from 1.',
    ],
  ])("when it is %s", async (_, make, code, message) => {
    const sink = defineSink({ name: "x", options: z.undefined(), create: make as () => Sink<undefined> });
    const bus = createBus({ name: "shop", events: anything, sinks: { crm: sink(undefined) } });

    expect(await refusalOf(() => bus.start())).toEqual([code, message]);

    expect(bus.state).toBe("stopped");
  });

  it("when it is a source without start", async () => {
    const source = defineSource({ name: "x", options: z.undefined(), create: (() => ({})) as never });
    const bus = createBus({ name: "shop", events: anything, sources: { in: source(undefined) } });

    expect(await refusalOf(() => bus.start())).toEqual([
      "BUS_PLUGIN_INVALID",
      'Source "in" was made without the method start().',
    ]);
  });
});

describe("a call on a running bus", () => {
  const unserializable =
    'The data of "thing.done" has no JSON form: remove BigInts, cycles, throwing toJSON methods and what is nested more than 2,000 levels deep.';
  const unknown = (type: string): string =>
    `The event type "${type}" is not declared: add it to the bus's events option.`;
  const publish =
    (...args: readonly unknown[]) =>
    (bus: Record<string, Anyhow>) =>
      bus["publish"]?.(...args);
  const on =
    (...args: readonly unknown[]) =>
    (bus: Record<string, Anyhow>) =>
      bus["on"]?.(...args);
  const many = (entries: unknown) => (bus: Record<string, Anyhow>) => bus["publishMany"]?.(entries);
  type Part = "deliveries" | "lanes";
  const part =
    (name: Part, method: string, ...args: readonly unknown[]) =>
    (bus: object) =>
      (bus as Record<Part, Record<string, Anyhow>>)[name][method]?.(...args);
  const textual = "must be a non-empty string without control characters";
  const idRule = 'Publishing "thing.done": id must be 1 to 255 visible ASCII characters.';

  it.each<[string, (bus: Record<string, Anyhow>) => unknown, string, string]>([
    ["publish of an unknown type", publish("thing.gone", 1), "BUS_EVENT_UNKNOWN", unknown("thing.gone")],
    ["publish of the type ''", publish("", 1), "BUS_EVENT_UNKNOWN", unknown("")],
    ["publish of the type __proto__", publish("__proto__", 1), "BUS_EVENT_UNKNOWN", unknown("__proto__")],
    ["publish of the type constructor", publish("constructor", 1), "BUS_EVENT_UNKNOWN", unknown("constructor")],
    ["publish of the type toString", publish("toString", 1), "BUS_EVENT_UNKNOWN", unknown("toString")],
    ["publish of a pattern", publish("thing.*", 1), "BUS_EVENT_UNKNOWN", unknown("thing.*")],
    ...[undefined, null, 5, ["thing.done"], {}, Symbol("x")].map(
      (type): [string, (bus: Record<string, Anyhow>) => unknown, string, string] => [
        `publish of a type that is ${inspect(type)}`,
        publish(type, 1),
        "BUS_OPTION_INVALID",
        "publish(): its event type must be a string.",
      ],
    ),
    [
      "publish of wrong data",
      publish("size.set", "5"),
      "BUS_EVENT_INVALID",
      'The data of "size.set" does not fit its schema: Invalid input: expected number, received string.',
    ],
    [
      "publish of no data",
      publish("size.set"),
      "BUS_EVENT_INVALID",
      'The data of "size.set" does not fit its schema: Invalid input: expected number, received undefined.',
    ],
    ["publish of a BigInt", publish("thing.done", { n: 1n }), "BUS_EVENT_UNSERIALIZABLE", unserializable],
    ["publish of a cycle", publish("thing.done", cyclic), "BUS_EVENT_UNSERIALIZABLE", unserializable],
    [
      "publish of a toJSON that throws",
      publish("thing.done", {
        toJSON: () => {
          throw new Error("no");
        },
      }),
      "BUS_EVENT_UNSERIALIZABLE",
      unserializable,
    ],
    [
      "publish with options that are null",
      publish("thing.done", 1, null),
      "BUS_OPTION_INVALID",
      'Publishing "thing.done": its options must be an object, such as { key }.',
    ],
    [
      "publish with options that are text",
      publish("thing.done", 1, "key"),
      "BUS_OPTION_INVALID",
      'Publishing "thing.done": its options must be an object, such as { key }.',
    ],
    [
      "publish with an unknown option",
      publish("thing.done", 1, { tennant: "t" }),
      "BUS_OPTION_INVALID",
      'Publishing "thing.done": there is no option "tennant".',
    ],
    ["publish with the id ''", publish("thing.done", 1, { id: "" }), "BUS_OPTION_INVALID", idRule],
    ["publish with an id with a space", publish("thing.done", 1, { id: "a b" }), "BUS_OPTION_INVALID", idRule],
    ["publish with an id of two lines", publish("thing.done", 1, { id: "a\n" }), "BUS_OPTION_INVALID", idRule],
    ["publish with a very long id", publish("thing.done", 1, { id: "a".repeat(256) }), "BUS_OPTION_INVALID", idRule],
    ["publish with the id null", publish("thing.done", 1, { id: null }), "BUS_OPTION_INVALID", idRule],
    ["publish with an id that is a number", publish("thing.done", 1, { id: 5 }), "BUS_OPTION_INVALID", idRule],
    [
      "publish with an empty key",
      publish("thing.done", 1, { key: "" }),
      "BUS_OPTION_INVALID",
      `Publishing "thing.done": key ${textual}.`,
    ],
    [
      "publish with a tenant that is a number",
      publish("thing.done", 1, { tenant: 5 }),
      "BUS_OPTION_INVALID",
      `Publishing "thing.done": tenant ${textual}.`,
    ],
    [
      "publish with a subject of two lines",
      publish("thing.done", 1, { subject: "a\r\nb" }),
      "BUS_OPTION_INVALID",
      `Publishing "thing.done": subject ${textual}.`,
    ],
    [
      "publish with a where that throws",
      publish("route.tried", "where"),
      "BUS_ROUTE_FAILED",
      'The where of Route 1 threw on "route.tried": see the cause. Nothing was published.',
    ],
    [
      "publish with a where that rejects",
      publish("route.tried", "where later"),
      "BUS_ROUTE_FAILED",
      'The where of Route 1 threw on "route.tried": see the cause. Nothing was published.',
    ],
    [
      "publish with a map that throws",
      publish("route.tried", "map"),
      "BUS_ROUTE_FAILED",
      'The map of Route 1 threw on "route.tried": see the cause. Nothing was published.',
    ],
    [
      "publish with a map that rejects",
      publish("route.tried", "map later"),
      "BUS_ROUTE_FAILED",
      'The map of Route 1 threw on "route.tried": see the cause. Nothing was published.',
    ],
    [
      "publish with a map of nothing",
      publish("route.tried", "map nothing"),
      "BUS_ROUTE_FAILED",
      'The map of Route 1 threw on "route.tried": see the cause. Nothing was published.',
    ],
    [
      "publish with a map of a BigInt",
      publish("route.tried", "map bigint"),
      "BUS_EVENT_UNSERIALIZABLE",
      'The data of "route.tried" has no JSON form: remove BigInts, cycles, throwing toJSON methods and what is nested more than 2,000 levels deep.',
    ],
    ["publishMany of no list", many({}), "BUS_OPTION_INVALID", "publishMany(): it takes a list."],
    [
      "publishMany of a list with a hole",
      many(Array.from({ length: 1 })),
      "BUS_OPTION_INVALID",
      "Entry 0 of publishMany(): it must be an object with type and data.",
    ],
    [
      "publishMany with an id with a newline",
      many([{ type: "thing.done", data: 1, id: "\n" }]),
      "BUS_OPTION_INVALID",
      'Publishing "thing.done" (entry 0): id must be 1 to 255 visible ASCII characters.',
    ],
    [
      "publishMany with an unknown field",
      many([{ type: "thing.done", data: 1, at: 5 }]),
      "BUS_OPTION_INVALID",
      'Publishing "thing.done" (entry 0): there is no option "at".',
    ],
    ["on without a listener", on("thing.done"), "BUS_OPTION_INVALID", "bus.on(): its listener must be a function."],
    [
      "on without a pattern",
      on(undefined, () => 1),
      "BUS_ROUTE_INVALID",
      "bus.on(): it needs a pattern, or a list of them.",
    ],
    [
      "on with the pattern ''",
      on("", () => 1),
      "BUS_PATTERN_INVALID",
      '"" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.',
    ],
    [
      "on with a pattern that is null",
      on([null], () => 1),
      "BUS_PATTERN_INVALID",
      '"null" is no pattern: write an event type in which "*" stands for part of a segment and "**" for several segments.',
    ],
    [
      "on with a pattern of nothing",
      on("thing.gone", () => 1),
      "BUS_PATTERN_UNMATCHED",
      'The pattern "thing.gone" of bus.on() matches no declared event type.',
    ],
    [
      "list of null",
      part("deliveries", "list", null),
      "BUS_QUERY_INVALID",
      "The query is not valid: it must be an object, such as { sink }.",
    ],
    [
      "list with an unknown field",
      part("deliveries", "list", { sinc: "a" }),
      "BUS_QUERY_INVALID",
      'The query is not valid: "sinc" is no field of it.',
    ],
    [
      "list with a limit of 0",
      part("deliveries", "list", { limit: 0 }),
      "BUS_QUERY_INVALID",
      "The query is not valid: limit must be a whole number from 1 to 1000.",
    ],
    [
      "list with an unknown state",
      part("deliveries", "list", { state: "lost" }),
      "BUS_QUERY_INVALID",
      'The query is not valid: "lost" is no state of a delivery.',
    ],
    [
      "list with a sink that is a number",
      part("deliveries", "list", { sink: 5 }),
      "BUS_QUERY_INVALID",
      "The query is not valid: sink must be a string.",
    ],
    [
      "list since null",
      part("deliveries", "list", { since: null }),
      "BUS_QUERY_INVALID",
      "The query is not valid: since must be a Date or ms since the epoch.",
    ],
    [
      "list since no date",
      part("deliveries", "list", { since: new Date("x") }),
      "BUS_QUERY_INVALID",
      "The query is not valid: since must be a Date or ms since the epoch.",
    ],
    [
      "get of a number",
      part("deliveries", "get", 5),
      "BUS_QUERY_INVALID",
      "The query is not valid: the id of a delivery is a string.",
    ],
    [
      "replay of nothing",
      part("deliveries", "replay"),
      "BUS_QUERY_INVALID",
      "The query is not valid: it must be an object, such as { sink }.",
    ],
    [
      "replay of everything",
      part("deliveries", "replay", {}),
      "BUS_QUERY_INVALID",
      "The query is not valid: it must name a sink.",
    ],
    [
      "replay of an unknown id",
      part("deliveries", "replay", "x"),
      "BUS_DELIVERY_UNKNOWN",
      'No delivery has the id "x": it may have been pruned.',
    ],
    [
      "discard of an unknown id",
      part("deliveries", "discard", "__proto__"),
      "BUS_DELIVERY_UNKNOWN",
      'No delivery has the id "__proto__": it may have been pruned.',
    ],
    [
      "discard of everything",
      part("deliveries", "discard", { tenant: "t" }),
      "BUS_QUERY_INVALID",
      "The query is not valid: it must name a sink.",
    ],
    [
      "pause of nothing",
      part("lanes", "pause"),
      "BUS_OPTION_INVALID",
      "bus.lanes.pause(): its lane must be an object { sink, destination }.",
    ],
    [
      "resume of null",
      part("lanes", "resume", null),
      "BUS_OPTION_INVALID",
      "bus.lanes.resume(): its lane must be an object { sink, destination }.",
    ],
    [
      "pause at an unknown sink",
      part("lanes", "pause", { sink: "toString", destination: "a" }),
      "BUS_SINK_UNKNOWN",
      `bus.lanes.pause() names the sink "toString", which is not among the bus's sinks.`,
    ],
    [
      "disable of no destination",
      part("lanes", "disable", { sink: "log" }),
      "BUS_LANE_UNKNOWN",
      'Sink "log" has no lane "undefined": see bus.lanes.list().',
    ],
    [
      "enable of an unknown lane",
      part("lanes", "enable", { sink: "log", destination: "x" }),
      "BUS_LANE_UNKNOWN",
      'Sink "log" has no lane "x": see bus.lanes.list().',
    ],
  ])("such as %s is refused, and the bus goes on", async (_, call, code, message) => {
    const { sink, received } = aRecorder();
    const heard: unknown[] = [];
    const events = { ...anything, "size.set": z.number(), "route.tried": z.string() };
    const tried = (step: string, { data }: { data: unknown }, answer: unknown): unknown => {
      if (data === step) throw new Error("boom");
      return data === `${step} later` ? Promise.reject(new Error("boom")) : answer;
    };
    const where = (event: { data: unknown }): unknown => tried("where", event, true);
    const map = (event: { data: unknown }): unknown => {
      const made = { type: "tried", data: event.data === "map bigint" ? 1n : 1 };
      return tried("map", event, event.data === "map nothing" ? undefined : made);
    };
    const bus = createBus({
      name: "shop",
      events,
      sinks: { log: sink },
      routes: [
        { on: "**", to: "log" },
        { on: "route.tried", to: "log", where: where as never, map: map as never },
      ],
    });
    bus.on("**", (event) => heard.push(event.data));
    await started(bus);

    expect(await refusalOf(() => call(bus as never))).toEqual([code, message]);

    expect(await bus.deliveries.stats()).toMatchObject({ events: 0, pending: 0, leased: 0 });
    await bus.publish("thing.done", "good");
    expect(heard).toEqual(["good"]);
    await expect.poll(() => received.map(({ data }) => data)).toEqual(["good"]);
  });
});

describe("a call on a bus that does not run", () => {
  const lane = { sink: "store", destination: "default" };
  const calls: readonly [string, (bus: Bus<typeof anything>) => unknown][] = [
    ["publish()", (bus) => bus.publish("thing.done", 1)],
    ["publishMany()", (bus) => bus.publishMany([])],
    ["bus.deliveries.list()", (bus) => bus.deliveries.list()],
    ["bus.deliveries.get()", (bus) => bus.deliveries.get("x")],
    ["bus.deliveries.replay()", (bus) => bus.deliveries.replay("x")],
    ["bus.deliveries.discard()", (bus) => bus.deliveries.discard("x")],
    ["bus.deliveries.stats()", (bus) => bus.deliveries.stats()],
    ["bus.lanes.list()", (bus) => bus.lanes.list()],
    ["bus.lanes.pause()", (bus) => bus.lanes.pause(lane)],
    ["bus.lanes.resume()", (bus) => bus.lanes.resume(lane)],
    ["bus.lanes.disable()", (bus) => bus.lanes.disable(lane)],
    ["bus.lanes.enable()", (bus) => bus.lanes.enable(lane)],
  ];
  const refusal = (what: string, state: string): string =>
    `${what} needs a running bus, and this one is ${state}: call it after start() and before stop().`;

  it.each(calls)("such as %s is refused before start", async (what, call) => {
    const bus = createBus({ name: "test", events: anything, sinks: { store: aRecorder().sink } });

    expect(await refusalOf(() => call(bus))).toEqual(["BUS_NOT_RUNNING", refusal(what, "idle")]);
  });

  it.each(calls)("such as %s is refused after stop", async (what, call) => {
    const { bus } = await aThingBus();
    await bus.stop();

    expect(await refusalOf(() => call(bus))).toEqual(["BUS_NOT_RUNNING", refusal(what, "stopped")]);
  });

  it.each(calls)("such as %s is refused while it stops", async (what, call) => {
    const { bus } = await aThingBus();
    const stopping = bus.stop();
    // The state changes once a start that may be under way has ended.
    await expect.poll(() => bus.state).not.toBe("running");

    const error = await errorOf(() => call(bus));
    await stopping;

    expect(error).toMatchObject({ code: "BUS_NOT_RUNNING", message: expect.stringContaining(what) });
  });
});

describe("a sink that breaks its contract once", () => {
  const broken = (outcomes: unknown): Partial<Sink<undefined>> => {
    let calls = 0;
    return { deliver: (batch) => (calls++ === 0 ? (outcomes as Outcome[]) : batch.map(() => delivered())) };
  };
  const throwing = (thrown: () => never): Partial<Sink<undefined>> => {
    let calls = 0;
    return { deliver: (batch) => (calls++ === 0 ? thrown() : batch.map(() => delivered())) };
  };
  const lost = (first: () => unknown): Partial<Sink<undefined>> => {
    let calls = 0;
    return { destinations: () => (calls++ === 0 ? (first() as string[]) : ["a"]) };
  };
  const contract = "deliver() returns one outcome per delivery, in order.";

  it.each<[string, Partial<Sink<undefined>>, string, string]>([
    [
      "by returning nothing",
      broken(undefined),
      "BUS_OUTCOMES_INVALID",
      `Sink "store" broke its contract: it returned no list. ${contract}`,
    ],
    [
      "by returning too few outcomes",
      broken([]),
      "BUS_OUTCOMES_INVALID",
      `Sink "store" broke its contract: it returned 0 outcomes for 1 deliveries. ${contract}`,
    ],
    [
      "by returning too many outcomes",
      broken([delivered(), delivered()]),
      "BUS_OUTCOMES_INVALID",
      `Sink "store" broke its contract: it returned 2 outcomes for 1 deliveries. ${contract}`,
    ],
    [
      "by throwing",
      throwing(() => {
        throw new Error("boom");
      }),
      "BUS_SINK_FAILED",
      'Sink "store" threw: see the cause. Its deliveries are retried.',
    ],
    [
      "by throwing no error",
      throwing(() => {
        throw "boom";
      }),
      "BUS_SINK_FAILED",
      'Sink "store" threw: see the cause. Its deliveries are retried.',
    ],
    [
      "by a look-up that rejects",
      lost(() => Promise.reject(new Error("boom"))),
      "BUS_SINK_FAILED",
      'Sink "store" threw: see the cause. Its deliveries are retried.',
    ],
    ["by a look-up of no list", lost(() => "a"), "BUS_DESTINATION_INVALID", ""],
    ["by a destination without a name", lost(() => [""]), "BUS_DESTINATION_INVALID", ""],
    ["by the reserved destination", lost(() => ["*"]), "BUS_DESTINATION_INVALID", ""],
  ])("%s is reported, and the event is delivered by the next attempt", async (_, own, code, message) => {
    const { bus, clock } = await aThingBus({}, own);
    const errors: BusError[] = [];
    bus.events.on("error", (error) => errors.push(error));

    await bus.publish("thing.done", 1);
    await clock.advance(10_000);

    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.message).toContain(message);
    expect(await bus.deliveries.stats()).toMatchObject({ delivered: 1, dead: 0, pending: 0 });
  });
});
