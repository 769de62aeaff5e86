// #region bus
import { createBus } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { webhookSink } from "@bus/webhook-sink";
import { conversationOf } from "./conversation-of.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { ticketEvents } from "./ticket-events.ts";

export function makeBus({ path, allow = [], policy = {}, maxBacklog = 1_000_000 }: DeskSettings) {
  return createBus({
    name: "ticket-desk",
    events: ticketEvents,
    store: sqliteStore({ path }),
    maxBacklog,
    sinks: { hooks: webhookSink({ allow }, policy) },
    routes: [{ on: "ticket.opened", to: "hooks", map: conversationOf }],
  });
}

export type DeskBus = ReturnType<typeof makeBus>;
// #endregion bus
