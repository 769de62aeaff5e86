import assert from "node:assert/strict";
import type { AnySinkPlugin, Bus, BusError, Delivery, DeliveryView, EventSchemas, Outcome, Sink } from "@bus/core";
import { until, whileMoving } from "../suite/until.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { SinkSubject } from "./sink-subject.ts";
import type { DeliverCall, WatchedSink } from "./watched-sink.ts";

/** Time is moved in steps that grow from the first to the second while nothing happens, until the last has passed in all. */
const FIRST_STEP_MS = 1_000;
const LONGEST_STEP_MS = 6 * 60 * 60 * 1000;
const LONGEST_WAIT_MS = 30 * 24 * 60 * 60 * 1000;
/** Calls of `deliver` in which no delivery ends. The suite never has so many deliveries fail side by side. */
const MOST_VAIN_CALLS = 1_000;

/** A batch is always to one destination, and the suite makes batches of its own. */
const ONE_DESTINATION =
  "The events that `event` of the suite's options gives must all go to the same, single destination.";

const UNFINISHED: readonly DeliveryView["state"][] = ["pending", "leased"];

/** A bus with the sink under test, for whom time stands still unless a test waits or moves it. */
export class RunningSink {
  readonly bus: Bus<EventSchemas, { subject: AnySinkPlugin }>;
  /** What `bus.events` reported as errors. */
  readonly reported: BusError[] = [];
  readonly #clock: VirtualClock;
  readonly #watched: WatchedSink;
  readonly #event: SinkSubject["event"];
  #stopping: Promise<void> | undefined;

  constructor(parts: {
    readonly bus: RunningSink["bus"];
    readonly watched: WatchedSink;
    readonly clock: VirtualClock;
    readonly event: SinkSubject["event"];
  }) {
    const { bus, watched, clock, event } = parts;
    this.bus = bus;
    this.#watched = watched;
    this.#clock = clock;
    this.#event = event;
    bus.events.on("error", (error) => void this.reported.push(error));
  }

  /** As the plugin made it: what is called on it nobody watches. */
  get sink(): Sink {
    return this.#watched.sink;
  }

  /** Every call of `deliver` so far. */
  get calls(): readonly DeliverCall[] {
    return this.#watched.calls;
  }

  /** One event for each marker, stored together. */
  async publish(...markers: readonly string[]): Promise<void> {
    const entries = markers.map((marker) => {
      const { type, data, options } = this.#event(marker);
      return { type, data, ...options };
    });
    await this.bus.publishMany(entries);
  }

  /** Publishes, and keeps from the sink what the bus hands over, for `deliver`. In the order of the markers. */
  async take(...markers: readonly string[]): Promise<readonly Delivery[]> {
    const kept: Delivery[] = [];
    this.#watched.keep = kept;
    await this.publish(...markers);
    await this.until("the bus has handed over what was published", () => kept.length >= markers.length);
    this.#watched.keep = undefined;
    assert.equal(kept.length, markers.length, ONE_DESTINATION);
    for (const { destination } of kept) assert.equal(destination, kept[0]?.destination, ONE_DESTINATION);
    return kept;
  }

  /** Hands deliveries to the sink, past the engine. */
  deliver(batch: readonly Delivery[], signal: AbortSignal = new AbortController().signal): Promise<readonly Outcome[]> {
    return whileMoving(this.#clock, "deliver() ended", this.#watched.call(batch, signal));
  }

  /** Every delivery in the store, in order of arrival. */
  async deliveries(): Promise<readonly DeliveryView[]> {
    const all: DeliveryView[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.bus.deliveries.list({ limit: 1_000, ...(cursor !== undefined && { cursor }) });
      all.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all.filter(({ destination }) => destination !== "*");
  }

  /** Waits on real I/O; the virtual time hardly moves. */
  until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    return until(this.#clock, what, condition);
  }

  /** Waits until this many calls of `deliver` have ended. */
  untilCalls(count: number): Promise<void> {
    return this.until(
      `deliver() has ended ${count} times`,
      () => this.calls.filter(({ isUnderWay }) => !isUnderWay).length >= count,
    );
  }

  /** Moves the time on, from retry to retry, until no delivery is left to send. */
  async untilAllEnded(): Promise<readonly DeliveryView[]> {
    let stepMs = FIRST_STEP_MS;
    let seen = 0;
    let ended = 0;
    let callsBefore = 0;
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += stepMs) {
      await this.until("the calls under way have ended", () => this.calls.every(({ isUnderWay }) => !isUnderWay));
      const deliveries = await this.deliveries();
      const endedNow = deliveries.filter(({ state }) => !UNFINISHED.includes(state)).length;
      if (deliveries.length > 0 && endedNow === deliveries.length) return deliveries;
      if (endedNow !== ended || waitedMs === 0) callsBefore = this.calls.length;
      ended = endedNow;
      const vainCalls = this.calls.length - callsBefore;
      assert.ok(
        vainCalls <= MOST_VAIN_CALLS,
        `deliver() was called ${vainCalls} times, and the deliveries never ended: what fails for ever is to use up its attempts.`,
      );
      stepMs = this.calls.length > seen ? FIRST_STEP_MS : Math.min(stepMs * 2, LONGEST_STEP_MS);
      seen = this.calls.length;
      await this.#clock.advance(stepMs);
    }
    return assert.fail("It did not come to be that every delivery has ended, in 30 days of virtual time.");
  }

  /** Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= whileMoving(this.#clock, "the bus stopped", this.bus.stop());
    return this.#stopping;
  }
}
