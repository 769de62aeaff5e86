// #region bus
import { createBus, LOGGER, provide, type Logger } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { webhookSink } from "@bus/webhook-sink";
import { conversationOf } from "./conversation-of.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { ticketEvents } from "./ticket-events.ts";

export function makeBus(settings: DeskSettings, logger: Logger) {
  const { path, allow = [], policy = {}, maxBacklog = 1_000_000 } = settings;
  return createBus({
    name: "ticket-desk",
    events: ticketEvents,
    store: sqliteStore({ path }),
    maxBacklog,
    // Fastify's logger is pino, whose form the bus's has.
    provide: [provide(LOGGER, logger)],
    sinks: { hooks: webhookSink({ allow }, policy) },
    routes: [{ on: "ticket.opened", to: "hooks", map: conversationOf }],
  });
}

export type DeskBus = ReturnType<typeof makeBus>;
// #endregion bus
