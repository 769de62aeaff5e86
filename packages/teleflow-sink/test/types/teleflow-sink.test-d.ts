import { createBus, type BusEvent, type EventSchemas } from "@bus/core";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  teleflowSink,
  type TeleflowAccepts,
  type TeleflowCalls,
  type TeleflowRule,
  type TeleflowSinkOptions,
} from "../../src/index.ts";

const service = { url: "https://teleflow.test", apiKey: "key", environment: "test" } as const;
const events = {
  "order.shipped": z.object({ customerId: z.string(), at: z.date(), note: z.string().optional() }),
  "order.refunded": z.object({ shippedEventId: z.string() }),
  "incident.opened": z.object({ title: z.string(), minutes: z.string().transform(Number) }),
  "cart.emptied": z.object({ items: z.number() }),
};
interface ShippedData {
  customerId: string;
  at: string;
  note?: string;
}

// Where hosts write it, each function gets the event of its rule, as it was stored.
const bus = createBus({
  name: "shop",
  events,
  sinks: {
    notify: teleflowSink({
      ...service,
      events,
      rules: [
        {
          on: "order.shipped",
          trigger: "order-shipped",
          to: (e) => {
            expectTypeOf(e).toEqualTypeOf<BusEvent<"order.shipped", ShippedData>>();
            return e.data.customerId;
          },
          payload: ({ data }) => ({ day: data.at.slice(0, 10), note: data.note }),
          actor: ({ data }) => data.note,
          tenant: (e) => e.tenant,
          transactionId: (e) => `shipped-${e.id}`,
        },
        {
          on: "order.shipped",
          trigger: "team",
          to: { type: "Topic", topicKey: "team" },
          payload: { a: 1 },
          id: "team",
        },
        {
          on: "order.shipped",
          trigger: "both",
          to: (e) => [e.data.customerId, { subscriberId: "u1", email: e.data.note }, { type: "Topic", topicKey: "a" }],
        },
        {
          on: "incident.opened",
          broadcast: "incident",
          payload: (e) => {
            expectTypeOf(e.data).toEqualTypeOf<{ title: string; minutes: number }>();
            return e.data;
          },
        },
        { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
        { on: "order.refunded", cancel: ({ data }) => ({ transactionId: data.shippedEventId }), id: "other" },
      ],
    }),
  },
});
expectTypeOf(bus.sinks.notify).toEqualTypeOf<TeleflowCalls>();

// It accepts the events that have rules, as published, also by those that transform what is published.
const sink = teleflowSink({
  ...service,
  events,
  rules: [
    { on: "order.shipped", trigger: "order-shipped", to: (e) => e.data.customerId },
    { on: "incident.opened", broadcast: "incident", payload: (e) => ({ title: e.data.title }) },
  ],
});
expectTypeOf<keyof typeof sink.accepts>().toEqualTypeOf<"order.shipped" | "incident.opened">();
expectTypeOf(sink.accepts["order.shipped"]).toEqualTypeOf(events["order.shipped"]);
createBus({ name: "shop", events, sinks: { notify: sink }, routes: [{ on: "order.shipped", to: "notify" }] });
createBus({
  name: "shop",
  events,
  sinks: { notify: sink },
  routes: [{ on: ["order.shipped", "incident.*"], to: "notify", where: (event) => event.data !== undefined }],
});
createBus({
  name: "shop",
  events,
  sinks: { notify: sink },
  // @ts-expect-error Sink "notify" does not accept "cart.emptied" as it is
  routes: [{ on: "cart.emptied", to: "notify" }],
});
// A map gives what the schemas take.
createBus({
  name: "shop",
  events,
  sinks: { notify: sink },
  routes: [
    { on: "cart.emptied", to: "notify", map: (_) => ({ type: "incident.opened", data: { title: "a", minutes: "1" } }) },
  ],
});
createBus({
  name: "shop",
  events,
  sinks: { notify: sink },
  routes: [
    {
      on: "cart.emptied",
      to: "notify",
      // @ts-expect-error It has no such rule.
      map: (_) => ({ type: "order.refunded", data: { shippedEventId: "a" } }),
    },
  ],
});

// The sink may know some of the host's events.
const { "order.shipped": shipped } = events;
createBus({
  name: "shop",
  events,
  sinks: {
    notify: teleflowSink({
      ...service,
      events: { "order.shipped": shipped },
      rules: [{ on: "order.shipped", trigger: "a", to: (e) => e.data.customerId }],
    }),
  },
});

// Schemas may be of any library.
type SchemaOf<Input, Output> = EventSchemas[string] & {
  readonly "~standard": { readonly types?: { readonly input: Input; readonly output: Output } | undefined };
};
declare const foreign: { readonly "user.seen": SchemaOf<{ at?: Date }, { readonly at: Date }> };
const ofForeign = teleflowSink({
  ...service,
  events: foreign,
  rules: [{ on: "user.seen", trigger: "seen", to: (e) => e.data.at.toUpperCase() }],
});
expectTypeOf(ofForeign.accepts["user.seen"]).toEqualTypeOf(foreign["user.seen"]);

// Rules may be written elsewhere, in a list or one by one.
type ShopRule = TeleflowRule<typeof events>;
const list: readonly ShopRule[] = [
  { on: "order.shipped", trigger: "a", to: (e) => e.data.customerId },
  { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
];
const one: TeleflowRule<typeof events, "order.shipped"> = {
  on: "order.shipped",
  trigger: "b",
  to: (e) => e.data.customerId,
};
const ofList = teleflowSink({ ...service, events, rules: list });
expectTypeOf<keyof typeof ofList.accepts>().toEqualTypeOf<keyof typeof events>();
expectTypeOf<keyof TeleflowAccepts<typeof events, "order.shipped">>().toEqualTypeOf<"order.shipped">();
teleflowSink({ ...service, events, rules: [one, ...list] });
teleflowSink({
  ...service,
  events,
  rules: [one, { on: "cart.emptied", trigger: "c", to: (e) => e.data.items.toFixed() }],
});

// Options from elsewhere.
declare const options: TeleflowSinkOptions;
expectTypeOf(teleflowSink(options).accepts).toEqualTypeOf<TeleflowAccepts<EventSchemas, string>>();
declare const typed: TeleflowSinkOptions<typeof events>;
expectTypeOf<keyof (typeof ofTyped)["accepts"]>().toEqualTypeOf<keyof typeof events>();
const ofTyped = teleflowSink(typed);

// Payloads may be of interfaces.
interface Note {
  readonly text: string;
}
declare const note: Note;
teleflowSink({ ...service, events, rules: [{ on: "cart.emptied", broadcast: "a", payload: (_) => note }] });

// What is wrong does not compile, and what is right beside it does.
teleflowSink({
  ...service,
  events,
  rules: [
    { on: "order.shipped", trigger: "right", to: (e) => e.data.customerId },
    // @ts-expect-error It has no such field.
    { on: "order.shipped", trigger: "a", to: (e) => e.data.custId },
    // @ts-expect-error Of another event.
    { on: "order.shipped", trigger: "a", to: "u1", payload: (e) => ({ items: e.data.items }) },
    // @ts-expect-error A Date is a text once it was stored.
    { on: "order.shipped", trigger: "a", to: "u1", payload: (e) => ({ at: e.data.at.getTime() }) },
    // @ts-expect-error The option events has no type "order.shiped"
    { on: "order.shiped", trigger: "a", to: "u1" },
    // @ts-expect-error Rules are of one event type each.
    { on: "order.*", trigger: "a", to: "u1" },
    // @ts-expect-error One of them.
    { on: "order.shipped", trigger: "a", broadcast: "b", to: (e) => e.data.customerId },
    // @ts-expect-error One of them.
    { on: "order.shipped", trigger: "a", to: "u1", cancel: (e) => ({ event: e.data.customerId }) },
    // @ts-expect-error It does nothing.
    { on: "order.shipped" },
    // @ts-expect-error Nobody gets it.
    { on: "order.shipped", trigger: "a" },
    // @ts-expect-error Everybody gets it.
    { on: "order.shipped", broadcast: "a", to: "u1" },
    // @ts-expect-error It may be undefined.
    { on: "order.shipped", trigger: "a", to: (e) => e.data.note },
    // @ts-expect-error There is no such field.
    { on: "order.shipped", trigger: "a", to: "u1", payloads: {} },
    // @ts-expect-error No list,
    { on: "order.shipped", trigger: "a", to: "u1", payload: (e) => [e.data.customerId] },
    // @ts-expect-error no text,
    { on: "order.shipped", trigger: "a", to: "u1", payload: (e) => e.data.customerId },
    // @ts-expect-error and no promise.
    { on: "order.shipped", trigger: "a", to: "u1", payload: async (e) => ({ id: e.data.customerId }) },
    // @ts-expect-error Nor is one waited for here.
    { on: "order.shipped", trigger: "a", to: async (e) => e.data.customerId },
    // @ts-expect-error Ids have an ending of their own.
    { on: "order.shipped", trigger: "a", to: { subscriberID: "u1" } },
    // @ts-expect-error A topic has a key.
    { on: "order.shipped", trigger: "a", to: { type: "Topic", key: "a" } },
    // @ts-expect-error All events would have the same.
    { on: "order.shipped", trigger: "a", to: "u1", transactionId: "a" },
    // @ts-expect-error The event is named as such.
    { on: "order.shipped", cancel: (e) => e.data.customerId },
    // @ts-expect-error One of them.
    { on: "order.shipped", cancel: (e) => ({ event: e.id, transactionId: e.id }) },
    // @ts-expect-error A cancellation says nothing.
    { on: "order.shipped", cancel: (e) => ({ event: e.id }), payload: {} },
  ],
});
// @ts-expect-error There is no service to name but the host's.
teleflowSink({ apiKey: "a", environment: "a", events, rules: [{ on: "cart.emptied", broadcast: "a" }] });
// @ts-expect-error There is no such option.
teleflowSink({ ...service, events, rules: [{ on: "cart.emptied", broadcast: "a" }], retry: true });
// @ts-expect-error There is no such choice.
teleflowSink({ ...service, events, rules: [{ on: "cart.emptied", broadcast: "a" }], onInactive: "ignore" });
