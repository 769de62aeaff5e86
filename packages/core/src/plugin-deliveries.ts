import { viewOf, type DeliveryView } from "./deliveries.ts";
import { fixedDeliveryId } from "./fixed-delivery-id.ts";
import type { Store } from "./store/store.ts";

/** What a sink owes, and owed, from its `start` on until it is stopped. */
export interface PluginDeliveries {
  /** What came of the event at each of these fixed destinations, now or once the sink's. None of what retention has forgotten. */
  ofEvent(eventId: string, destinations: readonly string[]): Promise<readonly DeliveryView[]>;
  /** Those pending at the destination, in order of arrival, at most `limit`. */
  waiting(destination: string, limit: number): Promise<readonly DeliveryView[]>;
  /** Ends a pending delivery for good; false when it is not pending, or not this sink's. */
  discard(id: string): Promise<boolean>;
}

const PAGE = 500;

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
    waiting: async (destination, limit) => {
      const store = open("DELIVERIES.waiting()");
      const found: DeliveryView[] = [];
      let cursor: string | undefined;
      do {
        const query = { sink, destination, state: "pending" } as const;
        const page = await store.query(query, { limit: Math.min(PAGE, limit - found.length), cursor });
        found.push(...page.items.map(viewOf));
        cursor = page.cursor;
      } while (cursor !== undefined && found.length < limit);
      return found;
    },
    discard: async (id) => {
      const store = open("DELIVERIES.discard()");
      const { count } = await store.discard({ id, sink, state: "pending" }, { limit: 1, now: now() });
      if (count > 0) changed();
      return count > 0;
    },
  };
}
