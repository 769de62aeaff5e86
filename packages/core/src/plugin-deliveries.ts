import { viewOf, type DeliveryView } from "./deliveries.ts";
import { fixedDeliveryId } from "./fixed-delivery-id.ts";
import type { DeliveryQuery, Store } from "./store/store.ts";

/** What a sink owes, and owed, from its `start` on until it is stopped. */
export interface PluginDeliveries {
  /** What came of the event at each of these fixed destinations, now or once the sink's. None of what retention has forgotten. */
  ofEvent(eventId: string, destinations: readonly string[]): Promise<readonly DeliveryView[]>;
  /**
   * Those pending at each of these destinations, in order of arrival, at most `limit` of each, and then all of theirs that are out on a lease. Read a
   * page at a time. One whose attempt ends meanwhile may come twice, or not at all.
   */
  unfinished(destinations: readonly string[], limit: number): AsyncIterable<DeliveryView>;
  /**
   * Ends for good what is pending, or out on a lease that is over, as one that a process left behind; false when it is neither, or not this sink's.
   */
  discard(id: string): Promise<boolean>;
}

const PAGE = 100;

/** The deliveries of the sink of this name. */
export function pluginDeliveries(
  sink: string,
  {
    open,
    now,
    changed,
  }: {
    open: (operation: string) => Store;
    now: () => number;
    changed: () => void;
  },
): PluginDeliveries {
  return {
    ofEvent: async (eventId, destinations) => {
      const store = open("DELIVERIES.ofEvent()");
      const records = await Promise.all(
        destinations.map((destination) => store.get(fixedDeliveryId(eventId, sink, destination))),
      );
      return records.flatMap((record) => (record === undefined ? [] : [viewOf(record)]));
    },
    unfinished: async function* (destinations, limit) {
      const store = open("DELIVERIES.unfinished()");
      for (const destination of destinations) yield* found(store, { sink, destination, state: "pending" }, limit);
      // Last: what is leased meanwhile has been found pending. Once for all destinations: few are out, and a store may look at all it has.
      const wanted = new Set(destinations);
      for await (const delivery of found(store, { sink, state: "leased" }, Infinity))
        if (wanted.has(delivery.destination)) yield delivery;
    },
    discard: async (id) => {
      const store = open("DELIVERIES.discard()");
      // Not without a state: a dead letter is not ended so.
      for (const state of ["pending", "leased"] as const) {
        const { count } = await store.discard({ id, sink, state }, { limit: 1, now: now() });
        if (count === 0) continue;
        changed();
        return true;
      }
      return false;
    },
  };
}

async function* found(store: Store, query: DeliveryQuery, limit: number): AsyncGenerator<DeliveryView, void> {
  let left = limit;
  let cursor: string | undefined;
  do {
    const page = await store.query(query, { limit: Math.min(PAGE, left), cursor });
    for (const record of page.items) yield viewOf(record);
    left -= page.items.length;
    cursor = page.cursor;
  } while (cursor !== undefined && left > 0);
}
