// #region bus
import { createBus } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { notifySink } from "./notify.ts";
import { shopEvents } from "./shop-events.ts";

export interface ShopBusOptions {
  /** Of the database. */
  readonly path: string;
  /** Of the notification service. */
  readonly url: string;
  readonly apiKey: string;
}

/** The shop's bus. Each event goes to the rules that are on it. */
export function makeBus({ path, url, apiKey }: ShopBusOptions) {
  return createBus({
    name: "shop",
    events: shopEvents,
    store: sqliteStore({ path }),
    sinks: { notify: notifySink(url, apiKey) },
  });
}
// #endregion bus

export type ShopBus = ReturnType<typeof makeBus>;
