import type { BenchEvent } from "./bench-event.ts";

/** One system that keeps events and hands them out. Its server, if it has one, is running. */
export interface Contender {
  /** As the tables show it. */
  readonly name: string;
  /** Its version and settings, and what it has done when it acknowledges an event. */
  readonly conditions: string;
  /** The bus itself, a system to compare it with, or only the measure of what the disk allows. */
  readonly part: "bus" | "peer" | "yardstick";
  /** Whether what is acknowledged is on disk: only such peers are compared in durability. */
  readonly isSynced: boolean;
  /** A new and empty queue. */
  open(): Promise<Queue>;
  /** Takes away all that it made. */
  close(): Promise<void>;
}

/** A queue lacks what its system has no call for. */
export interface Queue {
  /** Resolves when the event is acknowledged. */
  publish?(event: BenchEvent): Promise<unknown>;
  /** Resolves when all are acknowledged. One call of the system's, however many events. */
  publishMany?(events: readonly BenchEvent[]): Promise<unknown>;
  /** Begins to hand out to a consumer that does nothing, until `close`. `settled` is called with each number of events that were finished. */
  consume?(settled: (count: number) => void): Promise<void>;
  close(): Promise<void>;
}
