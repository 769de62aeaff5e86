import { inPages } from "./deliveries.ts";
import { BusError } from "./errors.ts";
import type { StoredLanes } from "./lanes.ts";
import type { LaneId, LaneStatus, Store } from "./store/store.ts";

/**
 * The lanes of the plugin's own destinations, from its `start` on until it is stopped. What is done to them shows on `bus.events` as if the
 * host had done it.
 */
export interface PluginLanes {
  /** Parks what is owed to the destination, until `enable`. What is in flight ends. */
  disable(destination: string, reason: string): Promise<void>;
  /** Its parked deliveries go out, in order. Nothing happens to a lane that is not disabled. */
  enable(destination: string): Promise<void>;
  /** Ends at once the pause that an outcome of the sink's began. A pause of the host's stays. */
  resume(destination: string): Promise<void>;
  /** What `Sink.policy` gives for it has changed: a lane at work takes that up now, and not only before its next lease. */
  refresh(destination: string): void;
  /** Ends what is pending or parked there, for good; dead letters, and what is in flight, stay. Resolves with how many. */
  discard(destination: string): Promise<number>;
}

/** The host's pauses have no end. */
function isOfTheSink(status: LaneStatus): boolean {
  return status.state === "paused" && status.until !== undefined;
}

/** The lanes of the sink of this name. */
export function pluginLanes(
  sink: string,
  {
    lanes,
    open,
    now,
    refresh,
    changed,
  }: {
    lanes: StoredLanes;
    open: (operation: string) => Store;
    now: () => number;
    refresh: (lane: LaneId) => void;
    changed: () => void;
  },
): PluginLanes {
  return {
    disable: (destination, reason) => lanes.disable({ sink, destination }, reason),
    enable: async (destination) =>
      void (await lanes.activate("enable", { sink, destination }, ({ state }) => state === "disabled")),
    resume: async (destination) =>
      void (await lanes.activate("resume", { sink, destination }, (status) => isOfTheSink(status))),
    refresh: (destination) => refresh({ sink, destination }),
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
