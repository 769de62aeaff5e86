import { createBus, type BusEvent } from "@bus/core";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { kgEvents, kgSink, type KgSinkOptions, type KgUser } from "../../src/index.ts";

const url = "https://proxy.test";

// Events of the graph go there as they are.
createBus({ name: "twake", events: kgEvents, sinks: { graph: kgSink({ url }) } });
createBus({
  name: "twake",
  events: kgEvents,
  sinks: { graph: kgSink({ url }) },
  routes: [{ on: "**", to: "graph" }],
});
expectTypeOf(kgSink({ url }).accepts).toEqualTypeOf<typeof kgEvents>();
expectTypeOf(
  createBus({ name: "twake", events: kgEvents, sinks: { graph: kgSink({ url }) } }).sinks.graph,
).toEqualTypeOf<undefined>();

// A host whose events have another shape.
interface Account {
  readonly uid: number;
  readonly mail: string;
}
const events = {
  ...kgEvents,
  "user.created": z.object({ uid: z.number(), mail: z.string() }),
  "user.updated": z.object({ uid: z.number(), mail: z.string(), changed: z.array(z.string()) }),
};
const toUser = ({ data }: BusEvent<string, Account>): KgUser => ({
  id: String(data.uid),
  email: data.mail,
  companies: [],
});

// It needs a map where the sink knows no such shape,
createBus({
  name: "twake",
  events,
  sinks: { graph: kgSink({ url }) },
  // @ts-expect-error Sink "graph" does not accept "user.created" as it is
  routes: [{ on: "user.created", to: "graph" }],
});
createBus({
  name: "twake",
  events,
  sinks: { graph: kgSink({ url }) },
  routes: [
    {
      on: "user.created",
      to: "graph",
      map: ({ data }) => ({ type: "user.created", data: { id: String(data.uid), companies: [] } }),
    },
  ],
});

// and none where a mapper takes it.
const mapped = kgSink({ url, records: { User: toUser } });
createBus({ name: "twake", events, sinks: { graph: mapped }, routes: [{ on: ["user.*", "message.*"], to: "graph" }] });
expectTypeOf(mapped.accepts["user.created"]).toEqualTypeOf<z.ZodType<Account, Account>>();
expectTypeOf(mapped.accepts["user.updated"]).toEqualTypeOf<z.ZodType<Account, Account>>();
expectTypeOf(mapped.accepts["message.created"]).toEqualTypeOf<(typeof kgEvents)["message.created"]>();

// One that takes a shape that the host's events do not have is of no use.
const ofOthers = kgSink({
  url,
  records: { User: ({ data }: BusEvent<string, { readonly uid: string }>) => ({ id: data.uid, companies: [] }) },
});
createBus({
  name: "twake",
  events,
  sinks: { graph: ofOthers },
  // @ts-expect-error Sink "graph" does not accept "user.created" as it is
  routes: [{ on: "user.created", to: "graph" }],
});

// Written in place, a mapper may be a method, name no event, or leave it out.
const inPlace = kgSink({
  url,
  records: {
    User: (event) => {
      expectTypeOf(event).toEqualTypeOf<BusEvent>();
      return undefined;
    },
    Message({ data }: BusEvent<"message.created", { readonly text: string }>) {
      return { id: "1", threadId: "1", content: data.text, createdAt: 0, company: { id: "1" }, channel: { id: "1" } };
    },
    Company: () => undefined,
  },
});
expectTypeOf(inPlace.accepts["user.created"]).toEqualTypeOf<z.ZodType>();
expectTypeOf(inPlace.accepts["message.updated"]).toEqualTypeOf<
  z.ZodType<{ readonly text: string }, { readonly text: string }>
>();
expectTypeOf(inPlace.accepts["company.created"]).toEqualTypeOf<z.ZodType>();

// Options from elsewhere are those of a sink without mappers, as far as types tell.
declare const options: KgSinkOptions;
expectTypeOf(kgSink(options).accepts).toEqualTypeOf<typeof kgEvents>();

// What is wrong does not compile.
// @ts-expect-error There is no such option.
kgSink({ url, topics: "twake" });
// @ts-expect-error A user needs companies.
kgSink({ url, records: { User: () => ({ id: "1" }) } });
// @ts-expect-error There is no such kind.
kgSink({ url, records: { Person: () => undefined } });
// @ts-expect-error A proxy is asked by one or the other.
kgSink({ url, auth: { type: "bearer", username: "a", password: "b" } });
// @ts-expect-error The order is an option.
kgSink({ url }, { ordering: "lane" });
