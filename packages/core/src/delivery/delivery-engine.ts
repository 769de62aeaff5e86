import { setImmediate as nextTurn } from "node:timers/promises";
import PQueue from "p-queue";
import { causedBy } from "../causation.ts";
import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";
import type { LaneId, LaneStatus, LeasedDelivery, Settlement, Store } from "../store/store.ts";
import { Lane } from "./lane.ts";
import type { LaneContext } from "./lane-context.ts";
import type { LaneTarget } from "./lane-target.ts";
import { Settler } from "./settler.ts";

/** Wakes closer together than this are joined: ten thousand lanes in retry must not wake the engine ten thousand times. */
const WAKE_GRAIN_MS = 5;
const PRUNE_EVERY_MS = 60_000;
const PRUNE_AT_ONCE = 500;
const STORE_RETRY_MS = 1_000;
const LANES_AT_ONCE = 100;
/** Deliveries that lanes which wait for the store may hold in memory, in equal shares; each at least its prefetch. */
const SHARED_PREFETCH = 2_048;

export interface EngineOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  /** `deliver` calls under way in the whole bus. */
  readonly concurrency: number;
  readonly retention: { readonly ageMs: number; readonly bytes: number; readonly deadLetterAgeMs: number };
  /** The sinks whose work this engine does. */
  readonly sinks: readonly string[];
  /** Another one than before, once the lane is to be served in another way. */
  target(lane: LaneId): LaneTarget;
  report(error: BusError): void;
  settled(delivery: LeasedDelivery, settlement: Settlement): void;
  laneChanged(lane: LaneId, status: LaneStatus): void;
}

/**
 * Finds the lanes with work and lets each serve itself. It holds only lanes that are busy now: what is waiting, for a retry or a pause,
 * costs one timer in all.
 */
export class DeliveryEngine {
  readonly #options: EngineOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #stopping = new AbortController();
  readonly #stopped = new AbortController();
  readonly #settler: Settler;
  readonly #context: LaneContext;
  #wakeAt = Infinity;
  #wokeAt = -Infinity;
  #cancelWake = (): void => {};
  #cancelPrune = (): void => {};
  #isStarted = false;
  #isLooking = false;
  #mustLookAgain = false;
  readonly #background = new Set<Promise<void>>();
  /** Idle lanes that stay until their rate's period is over. */
  readonly #resting = new Map<Lane, () => void>();
  #onQuiet: (() => void) | undefined;

  constructor(options: EngineOptions) {
    const { store, clock, random, concurrency, target, report, settled, laneChanged } = options;
    this.#options = options;
    this.#settler = new Settler({ store, clock, report });
    this.#context = {
      store,
      clock,
      random,
      report,
      settled,
      laneChanged,
      target,
      settler: this.#settler,
      slots: new PQueue({ concurrency }),
      stopping: this.#stopping.signal,
      stopped: this.#stopped.signal,
      dueAt: (time) => this.#wakeBy(time),
      idle: (lane) => this.#forget(lane),
      share: () => Math.floor(SHARED_PREFETCH / this.#lanes.size),
    };
  }

  /** Takes up what the store holds. */
  start(): void {
    this.#isStarted = true;
    this.#run(() => this.#takeUpWork());
    this.#schedulePrune();
  }

  /** Deliveries were appended to these lanes. What a lane does is not caused by the event of whoever wakes it. */
  arrived(lanes: readonly LaneId[]): void {
    causedBy(undefined, () => {
      if (lanes.length <= LANES_AT_ONCE) for (const lane of lanes) this.#lane(lane).wake(1);
      else this.#run(() => this.#inPieces(lanes, (lane) => lane.wake(1)));
    });
  }

  /** Something else may have become due: the host enabled a lane, or replayed. Before `start`, which takes up all, it does nothing. */
  wake(): void {
    if (!this.#isStarted) return;
    causedBy(undefined, () => this.#wakeBy(this.#options.clock.steady()));
  }

  /** The lane is to be served in another way from now on. */
  refresh({ sink, destination }: LaneId): void {
    causedBy(undefined, () => this.#lanes.get(laneKey(sink, destination))?.wake());
  }

  /** The host, or a plugin, paused or disabled the lane. Ends when what the lane had claimed and not begun is given back. */
  async hold({ sink, destination }: LaneId): Promise<void> {
    await this.#lanes.get(laneKey(sink, destination))?.hold();
  }

  /** Finishes what is in flight within `timeoutMs`, then aborts it; the rest is handed back. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping.abort();
    this.#cancelWake();
    this.#cancelPrune();
    const { promise: quiet, resolve } = Promise.withResolvers<void>();
    this.#onQuiet = resolve;
    for (const lane of this.#lanes.values()) lane.giveBack();
    this.#context.slots.clear();
    this.#checkQuiet();
    const cancel = this.#options.clock.schedule(() => {
      this.#settler.giveUp();
      this.#stopped.abort(new BusError("BUS_TIMEOUT", ["Finishing what was in flight", timeoutMs]));
    }, timeoutMs);
    await quiet;
    cancel();
  }

  #lane({ sink, destination }: LaneId): Lane {
    const key = laneKey(sink, destination);
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new Lane({ sink, destination }, this.#context);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #forget(lane: Lane): void {
    const { restMs } = lane;
    this.#resting.get(lane)?.();
    if (restMs > 0 && !this.#stopping.signal.aborted) {
      const cancel = this.#options.clock.schedule(() => this.#remove(lane), restMs, false);
      this.#resting.set(lane, cancel);
    } else this.#remove(lane);
  }

  #remove(lane: Lane): void {
    this.#resting.delete(lane);
    if (lane.isIdle) this.#lanes.delete(laneKey(lane.id.sink, lane.id.destination));
    this.#checkQuiet();
  }

  #checkQuiet(): void {
    if (!this.#onQuiet || this.#background.size > 0) return;
    for (const lane of this.#lanes.values()) if (!lane.isIdle) return;
    this.#onQuiet();
  }

  #wakeBy(time: number): void {
    if (this.#stopping.signal.aborted) return;
    const at = Math.max(time, this.#wokeAt + WAKE_GRAIN_MS);
    if (at >= this.#wakeAt) return;
    this.#wakeAt = at;
    this.#cancelWake();
    this.#cancelWake = this.#options.clock.schedule(() => {
      this.#wakeAt = Infinity;
      this.#run(() => this.#takeUpWork());
    }, at - this.#options.clock.steady());
  }

  async #takeUpWork(): Promise<void> {
    const { store, clock, sinks, report } = this.#options;
    if (this.#isLooking) {
      this.#mustLookAgain = true;
      return;
    }
    const now = clock.steady();
    this.#isLooking = true;
    this.#wokeAt = now;
    try {
      const { lanes, nextAt } = await store.due(sinks, now);
      await this.#inPieces(lanes, (lane) => lane.due());
      this.#wakeBy(Math.min(nextAt ?? Infinity, now + store.pollMs));
    } catch (cause) {
      report(new BusError("BUS_STORE_FAILED", ["due"], { cause }));
      this.#wakeBy(now + STORE_RETRY_MS);
    }
    this.#isLooking = false;
    if (!this.#mustLookAgain) return;
    this.#mustLookAgain = false;
    this.#wakeBy(now);
  }

  /** Ten thousand lanes must not hold the event loop. */
  async #inPieces(lanes: readonly LaneId[], wake: (lane: Lane) => void): Promise<void> {
    for (const [index, lane] of lanes.entries()) {
      if (index % LANES_AT_ONCE === LANES_AT_ONCE - 1) await nextTurn();
      wake(this.#lane(lane));
    }
  }

  #schedulePrune(): void {
    this.#cancelPrune = this.#options.clock.schedule(() => this.#run(() => this.#prune()), PRUNE_EVERY_MS, false);
  }

  async #prune(): Promise<void> {
    const { store, clock, retention, report } = this.#options;
    try {
      const now = clock.steady();
      const bounds = {
        before: now - retention.ageMs,
        maxBytes: retention.bytes,
        deadBefore: now - retention.deadLetterAgeMs,
        limit: PRUNE_AT_ONCE,
      };
      while (!this.#stopping.signal.aborted && (await store.prune(bounds)));
    } catch (cause) {
      report(new BusError("BUS_STORE_FAILED", ["prune"], { cause }));
    }
    if (!this.#stopping.signal.aborted) this.#schedulePrune();
  }

  /** Background work that `stop` waits for. */
  #run(work: () => Promise<void>): void {
    const done = work().finally(() => {
      this.#background.delete(done);
      this.#checkQuiet();
    });
    this.#background.add(done);
  }
}

const laneKey = (sink: string, destination: string): string => `${sink.length} ${sink}${destination}`;
