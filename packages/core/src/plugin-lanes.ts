import { inPages } from "./deliveries.ts";
import { BusError } from "./errors.ts";
import type { StoredLanes } from "./lanes.ts";
import type { Store } from "./store/store.ts";

/**
 * The lanes of the plugin's own destinations, from its `start` on until it is stopped. What is done to them shows on `bus.events` as if the
 * host had done it.
 */
export interface PluginLanes {
  /** Parks what is owed to the destination, until `enable`. What is in flight ends. */
  disable(destination: string, reason: string): Promise<void>;
  /** Its parked deliveries go out, in order. Nothing happens to a lane that is not disabled. */
  enable(destination: string): Promise<void>;
  /** Ends what is pending or parked there, for good; dead letters, and what is in flight, stay. Resolves with how many. */
  discard(destination: string): Promise<number>;
}

/** The lanes of the sink of this name. */
export function pluginLanes(
  sink: string,
  {
    lanes,
    open,
    now,
    changed,
  }: {
    lanes: StoredLanes;
    open: (operation: string) => Store;
    now: () => number;
    changed: () => void;
  },
): PluginLanes {
  return {
    disable: (destination, reason) => lanes.disable({ sink, destination }, reason),
    enable: async (destination) => void (await lanes.activate("enable", { sink, destination }, "disabled")),
    discard: async (destination) => {
      const store = open("LANES.discard()");
      // Without one the query would take in every lane of the sink.
      if (typeof destination !== "string" || destination === "")
        throw new BusError("BUS_LANE_UNKNOWN", [sink, String(destination)]);
      let count = 0;
      // Of those that are leased, the store ends what a dead process has left.
      for (const state of ["pending", "leased"] as const) {
        const query = { sink, destination, state };
        count += await inPages((page) => store.discard(query, { ...page, now: now() }));
      }
      changed();
      return count;
    },
  };
}
