// #region bus
import { createBus, LOGGER, provide, type Logger } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";

/** The desk's bus, with what an operator decides written out. */
export function makeBus({ path, logger }: { readonly path: string; readonly logger: Logger }) {
  return createBus({
    name: "desk",
    events: trinoEvents,
    store: sqliteStore({ path }),
    sinks: { hooks: webhookSink({ allow: ["127.0.0.1"], deadlineMs: 2_000 }, { retry: [100, 200] }) },
    provide: [provide(LOGGER, logger)],
    // Unfinished deliveries, parked ones too; a publish beyond them is refused.
    maxBacklog: 1_000_000,
    onFull: "reject",
    // Finished deliveries go when either of the first two is exceeded, dead letters by the third alone.
    retention: { ageMs: 24 * 3_600_000, bytes: 64 * 1024 ** 2, deadLetterAgeMs: 30 * 24 * 3_600_000 },
    stopTimeoutMs: 10_000,
  });
}
// #endregion bus

export type DeskBus = ReturnType<typeof makeBus>;
