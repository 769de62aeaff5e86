import type PQueue from "p-queue";
import type { Clock } from "../clock.ts";
import type { BusError } from "../errors.ts";
import type { LaneId, LaneStatus, LeasedDelivery, Settlement, Store } from "../store/store.ts";
import type { Lane } from "./lane.ts";
import type { LaneTarget } from "./lane-target.ts";
import type { Settler } from "./settler.ts";

/** What lanes share. */
export interface LaneContext {
  readonly store: Store;
  readonly settler: Settler;
  readonly clock: Clock;
  readonly random: () => number;
  /** Bounds the calls under way in the whole bus; first come, first served, so that no lane takes more than its turn. */
  readonly slots: PQueue;
  /** No more is begun. */
  readonly stopping: AbortSignal;
  /** What is under way is aborted. */
  readonly stopped: AbortSignal;
  /** Another one than before, once the lane is to be served in another way. */
  target(lane: LaneId): LaneTarget;
  report(error: BusError): void;
  settled(delivery: LeasedDelivery, settlement: Settlement): void;
  laneChanged(lane: LaneId, status: LaneStatus): void;
  /** What a lane that waits for the store may hold in memory. */
  share(this: void): number;
  /** The lane may have work at this time. */
  dueAt(time: number): void;
  idle(lane: Lane): void;
}
