// #region bus
import { createBus, type Provider, type Store } from "@bus/core";
import { webhookSink } from "@bus/webhook-sink";
import { deskEvents } from "./events.ts";

/** The desk's bus: each ticket that is opened goes to the webhooks of its account, as a conversation. Tests give services of their own. */
export function makeBus(store: Store, services: readonly Provider[] = []) {
  return createBus({
    name: "desk",
    events: deskEvents,
    store,
    provide: services,
    sinks: {
      hooks: webhookSink(
        // Targets must be public, unless the host says otherwise.
        { allow: ["127.0.0.1"] },
        // By default the second retry comes after five minutes. Here nobody wants to wait for it.
        { retry: { baseMs: 1_000, factor: 2, maxMs: 4_000, attempts: 100 } },
      ),
    },
    routes: [
      {
        on: "ticket.opened",
        to: "hooks",
        map: ({ time, data: { id, account, title } }) => ({
          type: "conversation.created",
          data: {
            id,
            inbox_id: 1,
            status: "open",
            account: { id: account },
            custom_attributes: { title },
            created_at: time,
            updated_at: time,
            last_activity_at: time,
          },
        }),
      },
    ],
  });
}
// #endregion bus
