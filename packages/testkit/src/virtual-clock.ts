import { setImmediate as nextTurn } from "node:timers/promises";

import type { Clock } from "@bus/core";

/** Turns of the event loop that a settling clock gives to promises and I/O callbacks before it looks for new timers. */
const TURNS = 5;

/** 2026-01-01T00:00:00Z: a fixed time, so that a test reads the same every day. */
const DEFAULT_START_AT = 1_767_225_600_000;

export interface VirtualClockOptions {
  /** What both `now()` and `steady()` show at first, ms since the epoch. @default 2026-01-01T00:00:00Z */
  readonly startAt?: number;
}

/**
 * A clock that stands still until the test moves it. No timer fires by itself, not even one with a delay of 0: await `settled()` or `advance()`.
 *
 * A callback that throws rejects the call that fired it. Await one call before the next.
 */
export interface VirtualClock extends Clock {
  /** Timers that wait, ref'd or not: 0 at the end of a test says that none leaked. */
  readonly timers: number;
  /**
   * Moves time on by `ms`, from timer to timer in order of their due times, those set meanwhile included. What a timer starts gets some turns
   * of the event loop before the next fires: enough for promises and local I/O, not for the network; wait for that on a condition.
   */
  advance(ms: number): Promise<void>;
  /** Lets everything that is due now run, and what that sets for now, without moving time. */
  settled(): Promise<void>;
  /** Moves the wall clock alone, back if negative, as a clock step does: `now()` jumps; `steady()` and the timers do not notice. */
  step(ms: number): void;
}

export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new SteppedClock(options.startAt ?? DEFAULT_START_AT);
}

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

class SteppedClock implements VirtualClock {
  /** In order of scheduling, which decides between timers of the same due time. */
  readonly #timers = new Set<Timer>();
  #steadyAt: number;
  #stepMs = 0;

  constructor(startAt: number) {
    this.#steadyAt = startAt;
  }

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#steadyAt + this.#stepMs;
  }

  steady(): number {
    return this.#steadyAt;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer: Timer = { dueAt: this.#steadyAt + Math.max(delayMs, 0), callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  async advance(ms: number): Promise<void> {
    const endAt = this.#steadyAt + ms;
    await this.settled();
    for (let next = this.#earliest(); next !== undefined && next.dueAt <= endAt; next = this.#earliest()) {
      this.#steadyAt = Math.max(this.#steadyAt, next.dueAt);
      await this.settled();
    }
    this.#steadyAt = Math.max(this.#steadyAt, endAt);
  }

  async settled(): Promise<void> {
    await turns();
    for (let next = this.#earliest(); next !== undefined && next.dueAt <= this.#steadyAt; next = this.#earliest()) {
      this.#timers.delete(next);
      next.callback();
      await turns();
    }
  }

  step(ms: number): void {
    this.#stepMs += ms;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (earliest === undefined || timer.dueAt < earliest.dueAt) earliest = timer;
    }
    return earliest;
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}
