import type { BusError } from "./errors.ts";
import type { BusEvent } from "./event.ts";
import type { AttemptInfo } from "./outcome.ts";
import type { LaneId } from "./store/store.ts";

/**
 * What `bus.events` emits, for logs, metrics and dashboards. A delivery's signal follows its settlement in the store, so that what is
 * counted as delivered is recorded as delivered.
 */
export interface BusSignalMap {
  /** Stored, and owed to whom it is routed to. */
  published: [event: BusEvent];
  delivered: [signal: DeliverySignal];
  skipped: [signal: DeliverySignal];
  /** Failed and due again at `dueAt`. */
  retrying: [signal: DeliverySignal];
  dead: [signal: DeliverySignal];
  paused: [signal: LaneSignal];
  resumed: [signal: LaneSignal];
  disabled: [signal: LaneSignal];
  /** What no caller could be told: a failing listener, a throwing sink, a store that does not answer. Logged too. */
  error: [error: BusError];
}

export interface BusSignals {
  /** What the listener throws or rejects with is logged, and harms nobody. */
  on<Name extends keyof BusSignalMap>(name: Name, listener: (...args: BusSignalMap[Name]) => void): BusSignals;
  once<Name extends keyof BusSignalMap>(name: Name, listener: (...args: BusSignalMap[Name]) => void): BusSignals;
  off<Name extends keyof BusSignalMap>(name: Name, listener: (...args: BusSignalMap[Name]) => void): BusSignals;
}

export interface DeliverySignal extends LaneId {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly type: string;
  /** 1 on the first try. */
  readonly attempt: number;
  readonly durationMs: number;
  readonly reason?: string;
  readonly info?: AttemptInfo;
  /** For `retrying`: ms since the epoch. */
  readonly dueAt?: number;
}

export interface LaneSignal extends LaneId {
  readonly reason?: string;
  /** For `paused`: when one delivery is tried again; undefined when the host resumes it. */
  readonly until?: number;
}
