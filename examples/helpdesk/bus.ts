// #region bus
import { createBus, memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";

/** The desk's bus: its events, and one sink for the webhooks of all customers. */
export function makeBus(path: string | undefined) {
  return createBus({
    name: "helpdesk",
    events: trinoEvents,
    store: path === undefined ? memoryStore() : sqliteStore({ path }),
    sinks: {
      hooks: webhookSink(
        // Targets must be public, unless the host says otherwise.
        { deadlineMs: 500, allow: ["127.0.0.1"] },
        // The default schedule takes three days; this one, a second. A short time-out makes for short leases.
        { retry: [200, 200, 300, 300], timeoutMs: 1_000 },
      ),
    },
  });
}
// #endregion bus

export type DeskBus = ReturnType<typeof makeBus>;
