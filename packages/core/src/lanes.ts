import { BusError } from "./errors.ts";
import type { Sinks } from "./host-types.ts";
import type { LaneId, LaneRecord, LaneStatus, Store } from "./store/store.ts";

/** The queues of the destinations. */
export interface Lanes {
  /** Every lane that holds unfinished deliveries, or is not active. */
  list(): Promise<readonly LaneRecord[]>;
  /** Holds a lane's deliveries until `resume`. What is in flight ends. */
  pause(lane: LaneId, reason?: string): Promise<void>;
  /** Ends a pause at once, the host's or the sink's. */
  resume(lane: LaneId): Promise<void>;
  /** Parks a lane's deliveries until `enable`. */
  disable(lane: LaneId, reason?: string): Promise<void>;
  /** Puts a disabled lane to work again: its parked deliveries go out in order. */
  enable(lane: LaneId): Promise<void>;
}

/** Steers lanes through the store, which every process on it obeys. */
export class StoredLanes implements Lanes {
  readonly #sinks: Sinks;
  readonly #open: (operation: string) => Store;
  readonly #changed: (lane: LaneId, status: LaneStatus) => void;

  constructor(options: {
    sinks: Sinks;
    open: (operation: string) => Store;
    changed: (lane: LaneId, status: LaneStatus) => void;
  }) {
    this.#sinks = options.sinks;
    this.#open = options.open;
    this.#changed = options.changed;
  }

  async list(): Promise<readonly LaneRecord[]> {
    return this.#open("bus.lanes.list()").lanes();
  }

  pause(lane: LaneId, reason = "paused by the host"): Promise<void> {
    return this.#set("pause", lane, { state: "paused", reason });
  }

  resume(lane: LaneId): Promise<void> {
    return this.#setActive("resume", lane, "paused");
  }

  disable(lane: LaneId, reason = "disabled by the host"): Promise<void> {
    return this.#set("disable", lane, { state: "disabled", reason });
  }

  enable(lane: LaneId): Promise<void> {
    return this.#setActive("enable", lane, "disabled");
  }

  /** A lane in another state stays in it: to resume does not enable. */
  async #setActive(operation: string, lane: LaneId, from: LaneStatus["state"]): Promise<void> {
    const store = this.#open(`bus.lanes.${operation}()`);
    assertLane(operation, lane);
    const record = (await store.lanes()).find(
      ({ sink, destination }) => sink === lane.sink && destination === lane.destination,
    );
    if (!record) throw new BusError("BUS_LANE_UNKNOWN", [String(lane.sink), String(lane.destination)]);
    if (record.status.state === from) await this.#set(operation, lane, { state: "active" });
  }

  async #set(operation: string, lane: LaneId, status: LaneStatus): Promise<void> {
    const store = this.#open(`bus.lanes.${operation}()`);
    assertLane(operation, lane);
    const { sink, destination } = lane;
    if (!Object.hasOwn(this.#sinks, sink))
      throw new BusError("BUS_SINK_UNKNOWN", [String(sink), `bus.lanes.${operation}()`]);
    if (typeof destination !== "string" || destination === "")
      throw new BusError("BUS_LANE_UNKNOWN", [sink, String(destination)]);
    await store.setLane({ sink, destination }, status);
    this.#changed({ sink, destination }, status);
  }
}

function assertLane(operation: string, lane: unknown): void {
  if (typeof lane !== "object" || lane === null)
    throw new BusError("BUS_OPTION_INVALID", [
      `bus.lanes.${operation}()`,
      "its lane must be an object { sink, destination }",
    ]);
}
