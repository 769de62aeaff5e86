import { BusError } from "./errors.ts";
import type { Sinks } from "./host-types.ts";
import type { LaneCondition, LaneId, LaneRecord, LaneStatus, Store } from "./store/store.ts";

/** The queues of the destinations. */
export interface Lanes {
  /** Every lane that holds unfinished deliveries, or is not active. */
  list(): Promise<readonly LaneRecord[]>;
  /** Holds a lane's deliveries until `resume`. What is in flight ends. Nothing happens to a disabled lane. */
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
  readonly #place: string;
  readonly #sinks: Sinks;
  readonly #open: (operation: string) => Store;
  readonly #changed: (lane: LaneId, status: LaneStatus) => Promise<void>;

  /** `open` gives the store, or throws when the bus is not running; `place` is whose methods they are, for messages. */
  constructor(options: {
    place: string;
    sinks: Sinks;
    open: (operation: string) => Store;
    changed: (lane: LaneId, status: LaneStatus) => Promise<void>;
  }) {
    this.#place = options.place;
    this.#sinks = options.sinks;
    this.#open = options.open;
    this.#changed = options.changed;
  }

  async list(): Promise<readonly LaneRecord[]> {
    return this.#open(this.#named("list")).lanes();
  }

  async pause(lane: LaneId, reason = "paused by the host"): Promise<void> {
    await this.#set("pause", lane, { state: "paused", reason }, { unless: "disabled" });
  }

  resume(lane: LaneId): Promise<void> {
    return this.#setActive("resume", lane, ({ state }) => state === "paused");
  }

  disable(lane: LaneId, reason = "disabled by the host"): Promise<void> {
    return this.#set("disable", lane, { state: "disabled", reason });
  }

  enable(lane: LaneId): Promise<void> {
    return this.#setActive("enable", lane, ({ state }) => state === "disabled");
  }

  /** A lane in another state stays in it: to resume does not enable. False when there is no such lane. */
  async activate(operation: string, lane: LaneId, isFrom: (status: LaneStatus) => boolean): Promise<boolean> {
    const record = await this.#find(operation, lane);
    if (record && isFrom(record.status)) await this.#set(operation, lane, { state: "active" });
    return record !== undefined;
  }

  async #setActive(operation: string, lane: LaneId, isFrom: (status: LaneStatus) => boolean): Promise<void> {
    if (!(await this.activate(operation, lane, isFrom)))
      throw new BusError("BUS_LANE_UNKNOWN", [String(lane.sink), String(lane.destination)]);
  }

  async #find(operation: string, lane: LaneId): Promise<LaneRecord | undefined> {
    const store = this.#open(this.#named(operation));
    this.#assertLane(operation, lane);
    return (await store.lanes()).find(
      ({ sink, destination }) => sink === lane.sink && destination === lane.destination,
    );
  }

  async #set(operation: string, lane: LaneId, status: LaneStatus, condition?: LaneCondition): Promise<void> {
    const store = this.#open(this.#named(operation));
    this.#assertLane(operation, lane);
    const { sink, destination } = lane;
    if (!Object.hasOwn(this.#sinks, sink))
      throw new BusError("BUS_SINK_UNKNOWN", [String(sink), this.#named(operation)]);
    if (typeof destination !== "string" || destination === "")
      throw new BusError("BUS_LANE_UNKNOWN", [sink, String(destination)]);
    if (await store.setLane({ sink, destination }, status, condition))
      await this.#changed({ sink, destination }, status);
  }

  #assertLane(operation: string, lane: unknown): void {
    if (typeof lane !== "object" || lane === null)
      throw new BusError("BUS_OPTION_INVALID", [
        this.#named(operation),
        "its lane must be an object { sink, destination }",
      ]);
  }

  #named(operation: string): string {
    return `${this.#place}.${operation}()`;
  }
}
