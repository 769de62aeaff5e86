import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { BusEvent } from "../../src/event.ts";
import type { EventSchemas } from "../../src/event-types.ts";
import type { CreateBus } from "../../src/host-types.ts";
import type { AnySinkPlugin, AnySourcePlugin, SinkPlugin, SourcePlugin } from "../../src/plugin-types.ts";

declare const createBus: CreateBus;

/** One of each library: schemas with a default and with a transform, too. */
const events = {
  "message.created": z.object({ id: z.string(), private: z.boolean().default(false) }),
  "message.deleted": v.object({ id: v.string(), size: v.pipe(v.string(), v.transform(Number)) }),
  "conversation.opened": type({ subject: "string" }),
};
type Created = BusEvent<"message.created", { id: string; private: boolean }>;
type Deleted = BusEvent<"message.deleted", { id: string; size: number }>;
type Opened = BusEvent<"conversation.opened", { subject: string }>;

const graphEvents = {
  "message.created": z.object({ id: z.string(), node: z.number() }),
  "message.removed": v.object({ id: v.string() }),
  "conversation.opened": type({ subject: "string", "weight?": "number" }),
};

interface Endpoints {
  add(url: string): string;
}
declare const hooks: SinkPlugin<undefined, Endpoints>;
declare const graph: SinkPlugin<typeof graphEvents>;
declare const tags: SourcePlugin<{ port: number }>;

const sinks = { hooks, graph };
const options = { name: "helpdesk", events, sinks };

const bus = createBus({
  ...options,
  sources: { tags },
  routes: [
    { on: "message.*", to: "hooks" },
    { on: ["message.*", "conversation.*"], to: "hooks" },
    { on: "**", to: "hooks", where: (event) => expectTypeOf(event).toEqualTypeOf<Created | Deleted | Opened>() },
    { on: "message.*", to: "hooks", where: (event) => expectTypeOf(event).toEqualTypeOf<Created | Deleted>() },
    {
      on: ["message.deleted", "conversation.*"],
      to: "hooks",
      where: (event) => event.type === "message.deleted" && event.data.size > 0,
      map: (event) => {
        expectTypeOf(event).toEqualTypeOf<Deleted | Opened>();
        return { type: "anything.at.all", data: event.data };
      },
    },
    {
      on: "message.created",
      to: "graph",
      where: (event) => !event.data.private,
      map: (event) => ({ type: "message.created", data: { id: event.data.id, node: 1 } }),
    },
    // The order of the properties does not matter, nor does the form of the function.
    {
      map(event) {
        return { type: "message.removed", data: { id: event.data.id } };
      },
      to: "graph",
      on: ["message.deleted"],
    },
    // It fits as it is: the sink's schema takes what the host's gives.
    { on: "conversation.opened", to: "graph" },
    { on: "conversation.opened", to: "graph", where: (event) => event.data.subject !== "" },
  ],
});

// What the plugins offer.
expectTypeOf(bus.sinks.hooks).toEqualTypeOf<Endpoints>();
expectTypeOf(bus.sinks.graph).toEqualTypeOf<unknown>();
expectTypeOf(bus.sources).toEqualTypeOf<{ readonly tags: { port: number } }>();

// Every plugin fits where any does.
expectTypeOf(graph).toExtend<AnySinkPlugin>();
expectTypeOf(hooks).toExtend<AnySinkPlugin>();
expectTypeOf(tags).toExtend<AnySourcePlugin>();

// Publishing takes a schema's input and gives its output.
expectTypeOf(bus.publish("message.created", { id: "1" })).resolves.toEqualTypeOf<Created>();
expectTypeOf(bus.publish("message.deleted", { id: "1", size: "7" })).resolves.toEqualTypeOf<Deleted>();
expectTypeOf(
  bus.publishMany([
    { type: "message.created", data: { id: "1" }, key: "conversation-1" },
    { type: "conversation.opened", data: { subject: "Hello" } },
  ]),
).resolves.toEqualTypeOf<readonly (Created | Deleted | Opened)[]>();

// Listening.
bus.on("message.created", (event) => expectTypeOf(event).toEqualTypeOf<Created>());
bus.on("message.*", (event) => expectTypeOf(event).toEqualTypeOf<Created | Deleted>());
bus.on(["message.deleted", "*.opened"], (event) => expectTypeOf(event).toEqualTypeOf<Deleted | Opened>());
declare const anyPattern: string;
bus.on(anyPattern, (event) => expectTypeOf(event).toEqualTypeOf<Created | Deleted | Opened>());

// A host without routes, sinks or sources; routes from elsewhere; events known only at run time.
createBus(options);
expectTypeOf(createBus({ name: "bare", events }).sinks).toEqualTypeOf<{}>();
createBus({ ...options, routes: [] });
const routes = [
  { on: ["message.*", "conversation.*"], to: "hooks" },
  { on: "conversation.opened", to: "graph" },
] as const;
createBus({ ...options, routes });
declare const dynamicEvents: EventSchemas;
const dynamic = createBus({
  name: "dynamic",
  events: dynamicEvents,
  sinks: { hooks },
  routes: [{ on: "a.*", to: "hooks", where: (event) => expectTypeOf(event).toEqualTypeOf<BusEvent>() }],
});
expectTypeOf(dynamic.publish("a.b", 1)).resolves.toEqualTypeOf<BusEvent<"a.b">>();
