// Does the wiring of a large host check quickly? 300 event types, 50 routes by wildcard: `tsc --extendedDiagnostics -p packages/core`.
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expectTypeOf } from "vitest";
import type { CreateBus } from "../../src/host-types.ts";
import type { SinkPlugin } from "../../src/plugin-types.ts";

type Noun =
  | "account"
  | "agent"
  | "article"
  | "automation"
  | "campaign"
  | "contact"
  | "conversation"
  | "export"
  | "inbox"
  | "invoice"
  | "label"
  | "macro"
  | "mention"
  | "message"
  | "note"
  | "rating"
  | "report"
  | "tag"
  | "team"
  | "ticket";
type Verb =
  | "archived"
  | "assigned"
  | "closed"
  | "created"
  | "deleted"
  | "exported"
  | "failed"
  | "imported"
  | "merged"
  | "opened"
  | "renamed"
  | "reopened"
  | "shared"
  | "unassigned"
  | "updated";

type Data<Type extends string> = Type extends `${infer N}.${infer V}` ? { noun: N; verb: V } : never;
type Events = { readonly [Type in `${Noun}.${Verb}`]: StandardSchemaV1<Data<Type>, Data<Type>> };

declare const createBus: CreateBus;
declare const events: Events;
declare const everything: SinkPlugin<undefined>;
declare const same: SinkPlugin<Events>;
declare const mapped: SinkPlugin<{ readonly seen: StandardSchemaV1<{ type: string }> }>;

const bus = createBus({
  name: "large",
  events,
  sinks: { everything, same, mapped },
  routes: [
    { on: "account.*", to: "everything", where: (event) => event.data.noun === "account" },
    { on: "agent.*", to: "same", where: (event) => event.data.noun === "agent" },
    { on: "article.*", to: "everything", where: (event) => event.data.noun === "article" },
    { on: "automation.*", to: "same", where: (event) => event.data.noun === "automation" },
    { on: "campaign.*", to: "everything", where: (event) => event.data.noun === "campaign" },
    { on: "contact.*", to: "same", where: (event) => event.data.noun === "contact" },
    { on: "conversation.*", to: "everything", where: (event) => event.data.noun === "conversation" },
    { on: "export.*", to: "same", where: (event) => event.data.noun === "export" },
    { on: "inbox.*", to: "everything", where: (event) => event.data.noun === "inbox" },
    { on: "invoice.*", to: "same", where: (event) => event.data.noun === "invoice" },
    { on: "label.*", to: "everything", where: (event) => event.data.noun === "label" },
    { on: "macro.*", to: "same", where: (event) => event.data.noun === "macro" },
    { on: "mention.*", to: "everything", where: (event) => event.data.noun === "mention" },
    { on: "message.*", to: "same", where: (event) => event.data.noun === "message" },
    { on: "note.*", to: "everything", where: (event) => event.data.noun === "note" },
    { on: "rating.*", to: "same", where: (event) => event.data.noun === "rating" },
    { on: "report.*", to: "everything", where: (event) => event.data.noun === "report" },
    { on: "tag.*", to: "same", where: (event) => event.data.noun === "tag" },
    { on: "team.*", to: "everything", where: (event) => event.data.noun === "team" },
    { on: "ticket.*", to: "same", where: (event) => event.data.noun === "ticket" },
    { on: "*.archived", to: "everything", where: (event) => event.data.verb === "archived" },
    { on: "*.assigned", to: "same", where: (event) => event.data.verb === "assigned" },
    { on: "*.closed", to: "everything", where: (event) => event.data.verb === "closed" },
    { on: "*.created", to: "same", where: (event) => event.data.verb === "created" },
    { on: "*.deleted", to: "everything", where: (event) => event.data.verb === "deleted" },
    { on: "*.exported", to: "same", where: (event) => event.data.verb === "exported" },
    { on: "*.failed", to: "everything", where: (event) => event.data.verb === "failed" },
    { on: "*.imported", to: "same", where: (event) => event.data.verb === "imported" },
    { on: "*.merged", to: "everything", where: (event) => event.data.verb === "merged" },
    { on: "*.opened", to: "same", where: (event) => event.data.verb === "opened" },
    { on: "*.renamed", to: "everything", where: (event) => event.data.verb === "renamed" },
    { on: "*.reopened", to: "same", where: (event) => event.data.verb === "reopened" },
    { on: "*.shared", to: "everything", where: (event) => event.data.verb === "shared" },
    { on: "*.unassigned", to: "same", where: (event) => event.data.verb === "unassigned" },
    { on: "*.updated", to: "everything", where: (event) => event.data.verb === "updated" },
    { on: ["account.*", "label.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: ["agent.*", "macro.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: ["article.*", "mention.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    {
      on: ["automation.*", "message.*ed"],
      to: "mapped",
      map: (event) => ({ type: "seen", data: { type: event.type } }),
    },
    { on: ["campaign.*", "note.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: ["contact.*", "rating.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    {
      on: ["conversation.*", "report.*ed"],
      to: "mapped",
      map: (event) => ({ type: "seen", data: { type: event.type } }),
    },
    { on: ["export.*", "tag.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: ["inbox.*", "team.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: ["invoice.*", "ticket.*ed"], to: "mapped", map: (event) => ({ type: "seen", data: { type: event.type } }) },
    { on: "acc**ed", to: "same", where: (event) => event.type.length > 0 },
    { on: "age**ed", to: "same", where: (event) => event.type.length > 0 },
    { on: "art**ed", to: "same", where: (event) => event.type.length > 0 },
    { on: "aut**ed", to: "same", where: (event) => event.type.length > 0 },
    { on: "cam**ed", to: "same", where: (event) => event.type.length > 0 },
  ],
});

bus.on("*.created", ({ data }) => expectTypeOf(data.verb).toEqualTypeOf<"created">());
void bus.publish("message.created", { noun: "message", verb: "created" });
