import { createBus, LOGGER, provide, type Logger } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { webhookSink } from "@bus/webhook-sink";
import { conversationOf } from "./conversation-of.ts";
import type { DeskSettings } from "./desk-settings.ts";
import type { Pager } from "./pager.ts";
import { PAGER, pagerSink } from "./pager-sink.ts";
import { ticketEvents } from "./ticket-events.ts";

// #region bus
/** What plugins need of the application. */
export interface DeskServices {
  readonly pager: Pager;
  readonly logger: Logger;
}

export function makeBus(settings: DeskSettings, { pager, logger }: DeskServices) {
  const { path, allow = [], policy = {}, maxBacklog = 1_000_000 } = settings;
  return createBus({
    name: "ticket-desk",
    events: ticketEvents,
    store: sqliteStore({ path }),
    maxBacklog,
    sinks: { hooks: webhookSink({ allow }, policy), pager: pagerSink({ team: "support" }) },
    provide: [provide(PAGER, pager), provide(LOGGER, logger)],
    routes: [
      { on: "ticket.opened", to: "pager" },
      { on: "ticket.opened", to: "hooks", map: conversationOf },
    ],
  });
}

export type DeskBus = ReturnType<typeof makeBus>;
// #endregion bus
