// Do many rules over many event types check quickly? 300 event types, 60 rules: `tsc --extendedDiagnostics -p packages/teleflow-sink`.
import { createBus } from "@bus/core";
import { expectTypeOf } from "vitest";
import type { z } from "zod";
import { teleflowSink } from "../../src/index.ts";

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

interface Data<Type extends string> {
  readonly about: Type;
  readonly at: Date;
  readonly owner: { readonly id: string; readonly name?: string | undefined };
  readonly changes: readonly { readonly field: string; readonly from: unknown; readonly to: unknown }[];
}
type Events = { readonly [Type in `${Noun}.${Verb}`]: z.ZodType<Data<Type>> };

declare const events: Events;

const bus = createBus({
  name: "large",
  events,
  sinks: {
    notify: teleflowSink({
      url: "https://teleflow.test",
      apiKey: "key",
      environment: "test",
      events,
      rules: [
        {
          on: "account.archived",
          trigger: "account",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "account.exported",
          broadcast: "account",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "account.opened", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "agent.assigned",
          trigger: "agent",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "agent.failed",
          broadcast: "agent",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "agent.renamed", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "article.closed",
          trigger: "article",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "article.imported",
          broadcast: "article",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "article.reopened", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "automation.created",
          trigger: "automation",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "automation.merged",
          broadcast: "automation",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "automation.shared", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "campaign.deleted",
          trigger: "campaign",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "campaign.opened",
          broadcast: "campaign",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "campaign.unassigned", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "contact.exported",
          trigger: "contact",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "contact.renamed",
          broadcast: "contact",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "contact.updated", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "conversation.failed",
          trigger: "conversation",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "conversation.reopened",
          broadcast: "conversation",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "conversation.archived", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "export.imported",
          trigger: "export",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "export.shared",
          broadcast: "export",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "export.assigned", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "inbox.merged",
          trigger: "inbox",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "inbox.unassigned",
          broadcast: "inbox",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "inbox.closed", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "invoice.opened",
          trigger: "invoice",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "invoice.updated",
          broadcast: "invoice",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "invoice.created", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "label.renamed",
          trigger: "label",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "label.archived",
          broadcast: "label",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "label.deleted", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "macro.reopened",
          trigger: "macro",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "macro.assigned",
          broadcast: "macro",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "macro.exported", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "mention.shared",
          trigger: "mention",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "mention.closed",
          broadcast: "mention",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "mention.failed", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "message.unassigned",
          trigger: "message",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "message.created",
          broadcast: "message",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "message.imported", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "note.updated",
          trigger: "note",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "note.deleted",
          broadcast: "note",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "note.merged", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "rating.archived",
          trigger: "rating",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "rating.exported",
          broadcast: "rating",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "rating.opened", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "report.assigned",
          trigger: "report",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "report.failed",
          broadcast: "report",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "report.renamed", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "tag.closed",
          trigger: "tag",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "tag.imported",
          broadcast: "tag",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "tag.reopened", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "team.created",
          trigger: "team",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "team.merged",
          broadcast: "team",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "team.shared", cancel: (e) => ({ event: e.data.about }) },
        {
          on: "ticket.deleted",
          trigger: "ticket",
          to: (e) => e.data.owner.id,
          payload: (e) => ({ at: e.data.at.slice(0, 10) }),
        },
        {
          on: "ticket.opened",
          broadcast: "ticket",
          payload: ({ data }) => ({ fields: data.changes.map((change) => change.field) }),
        },
        { on: "ticket.unassigned", cancel: (e) => ({ event: e.data.about }) },
      ],
    }),
  },
  routes: [
    { on: "account.archived", to: "notify" },
    // @ts-expect-error Sink "notify" does not accept "account.updated" as it is
    { on: "account.updated", to: "notify" },
  ],
});
expectTypeOf(bus.sinks.notify.cancel).toBeFunction();
