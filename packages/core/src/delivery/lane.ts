import { setImmediate as nextTurn } from "node:timers/promises";
import { BusError } from "../errors.ts";
import type { LaneId, LeasedDelivery } from "../store/store.ts";
import { batchesOf } from "./batches.ts";
import { LaneCalls } from "./lane-calls.ts";
import { LaneClaims } from "./lane-claims.ts";
import type { LaneContext } from "./lane-context.ts";
import { LaneSequence } from "./lane-sequence.ts";
import { LEASE_MARGIN_MS, limitsOf, type LaneLimits } from "./lane-limits.ts";
import { LaneStatusChanges } from "./lane-status-changes.ts";
import type { LaneTarget } from "./lane-target.ts";
import { isUsedUp, sendBatch } from "./send-batch.ts";
import { settleBatch, type Attempted } from "./settle-batch.ts";

const STORE_RETRY_MS = 1_000;

/** What was leased together. */
interface Claim {
  readonly until: number;
  /** The one delivery that tries whether a paused lane works again. */
  readonly isProbe: boolean;
  /** How often the lane had been held by then. */
  readonly holds: number;
}

/**
 * The queue of one (sink, destination) while it has work. It leases a few deliveries at a time, sends them within the policy's concurrency and
 * rate, and settles what came of each; the backlog stays in the store.
 */
export class Lane {
  readonly id: LaneId;
  readonly #context: LaneContext;
  readonly #calls: LaneCalls;
  readonly #claims: LaneClaims;
  readonly #changes: LaneStatusChanges;
  /** Of a lane in order. */
  readonly #sequence: LaneSequence<{ readonly batch: readonly LeasedDelivery[]; readonly claim: Claim }>;
  readonly #handBacks = new Set<Promise<unknown>>();
  #target: LaneTarget;
  #limits: LaneLimits;
  #hasWork = false;
  /** Deliveries arrived since the last lease. */
  #isFresh = false;
  /** When the lane is drained the store is asked again, after so long, what is due next. */
  #askAfterMs: number | undefined;
  #isLeasing = false;
  #arrived = 0;
  #cancelLinger: (() => void) | undefined;

  constructor(id: LaneId, context: LaneContext) {
    this.id = id;
    this.#context = context;
    this.#target = context.target(id);
    const { policy, bounds } = this.#target;
    this.#limits = limitsOf(policy, bounds);
    this.#calls = new LaneCalls(policy, context.slots);
    this.#claims = new LaneClaims(this.#limits, context.share);
    this.#changes = new LaneStatusChanges(id, context, () => void this.hold());
    this.#sequence = new LaneSequence({
      send: ({ batch, claim }) => this.#enqueue(batch, claim),
      handBack: ({ batch }) => void this.#handBack(batch),
    });
  }

  /** How long an idle lane is to be kept: a new one would begin with the rate's full allowance. */
  get restMs(): number {
    return this.#target.policy.rate?.perMs ?? 0;
  }

  /** Tells the lane that deliveries may be due; `arrived` of them are new. */
  wake(arrived = 0): void {
    const { maxItems, lingerMs = 0 } = this.#target.bounds;
    this.#hasWork = true;
    this.#isFresh ||= arrived > 0;
    this.#arrived += arrived;
    const isPartial = arrived > 0 && this.#arrived < maxItems;
    if (lingerMs > 0 && isPartial && !this.#context.stopping.aborted) {
      this.#cancelLinger ??= this.#context.clock.schedule(() => this.#lease(), lingerMs);
      return;
    }
    this.#lease();
  }

  /** The store named it among the lanes that are due: it says when a lane is due next only when all that is due has been taken. */
  due(): void {
    // Unless the lane gives something, the store contradicts itself: that must not go on without a pause.
    this.#askAfterMs = STORE_RETRY_MS;
    this.wake();
  }

  /**
   * The lane was paused or disabled: what has not begun is given back, what has begun no longer changes the lane's state. Ends when the store
   * has what was given back, which waits for no call.
   */
  async hold(): Promise<void> {
    this.#changes.held();
    this.giveBack();
    // By then each batch knows that it was cleared.
    await nextTurn();
    await Promise.all(this.#handBacks);
  }

  /** Gives up what it has claimed and not begun. */
  giveBack(): void {
    this.#calls.clear();
    this.#sequence.giveBack();
    this.#lease();
  }

  /** Nothing in memory, nothing known to be due. */
  get isIdle(): boolean {
    return this.#claims.isEmpty && !this.#isLeasing && !this.#hasWork && !this.#cancelLinger;
  }

  #lease(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    this.#arrived = 0;
    if (!this.#isLeasing) void this.#leaseWhileDue();
  }

  async #leaseWhileDue(): Promise<void> {
    this.#isLeasing = true;
    // What is settled or arrives in one go is leased for in one go.
    await Promise.resolve();
    try {
      while (this.#hasWork && !this.#context.stopping.aborted) {
        this.#takeUpPolicy();
        const { room } = this.#claims;
        if (room === 0) break;
        await this.#leaseOnce(room);
      }
    } catch (cause) {
      // Whether there is work, the store is asked when it answers again.
      this.#hasWork = false;
      this.#context.report(new BusError("BUS_STORE_FAILED", ["lease"], { cause }));
      this.#context.dueAt(this.#context.clock.steady() + STORE_RETRY_MS);
    } finally {
      this.#isLeasing = false;
      if (this.#context.stopping.aborted) this.#hasWork = false;
      if (this.#askAfterMs !== undefined && !this.#hasWork) {
        this.#context.dueAt(this.#context.clock.steady() + this.#askAfterMs);
        this.#askAfterMs = undefined;
      }
      if (this.isIdle) this.#context.idle(this);
    }
  }

  /** The bounds of a batch and the order do not change. */
  #takeUpPolicy(): void {
    const target = this.#context.target(this.id);
    if (target === this.#target) return;
    this.#target = target;
    this.#limits = limitsOf(target.policy, target.bounds);
    this.#calls.takeUp(target.policy);
    this.#claims.takeUp(this.#limits);
  }

  async #leaseOnce(limit: number): Promise<void> {
    const { store, clock } = this.#context;
    const { policy, bounds } = this.#target;
    const isFresh = this.#isFresh;
    const { holds } = this.#changes;
    this.#hasWork = false;
    this.#isFresh = false;
    const now = clock.steady();
    const until = now + this.#limits.leaseMs;
    const perKey = policy.ordering === "lane" ? limit : 1;
    const { deliveries, isProbe } = await store.lease({ lane: this.id, limit, perKey, now, until });
    if (deliveries.length === 0) {
      // What arrived waits for something: a retry before it, a pause, another process.
      if (isFresh) this.#askAfterMs ??= 0;
      return;
    }
    if (this.#askAfterMs !== undefined) this.#askAfterMs = 0;
    const isFull = deliveries.length === limit;
    if (isFull && this.#calls.isIdle) this.#claims.ranDry();
    this.#hasWork ||= isFull;
    const batches = batchesOf(deliveries, bounds);
    this.#claims.add(deliveries.length, batches.length);
    const claim = { until, isProbe, holds };
    if (policy.ordering === "lane") this.#sequence.add(batches.map((batch) => ({ batch, claim })));
    else for (const batch of batches) void this.#enqueue(batch, claim);
  }

  /** True when every delivery of the batch is done with. That it is recorded, nobody waits for: see docs/decisions/0012. */
  async #enqueue(batch: readonly LeasedDelivery[], claim: Claim): Promise<boolean> {
    if (claim.holds !== this.#changes.holds) return this.#handBack(batch);
    try {
      const attempt = await this.#calls.add(() => this.#attempt(batch, claim));
      if (!attempt) return this.#handBack(batch);
      const { isFinal, recorded } = settleBatch(batch, attempt, this.#context);
      void recorded.then(() => this.#ended(batch, isFinal));
      return isFinal;
    } catch (cause) {
      this.#context.report(new BusError("BUS_SINK_FAILED", [this.id.sink], { cause }));
      return this.#handBack(batch, STORE_RETRY_MS);
    }
  }

  /** Undefined when it was not begun. */
  async #attempt(batch: readonly LeasedDelivery[], claim: Claim): Promise<Attempted | undefined> {
    const { clock, stopping } = this.#context;
    const target = this.#target;
    const { policy } = target;
    const startedAt = clock.steady();
    const isTooLate = startedAt + policy.timeoutMs + LEASE_MARGIN_MS > claim.until;
    if (stopping.aborted || claim.holds !== this.#changes.holds || isTooLate) return undefined;
    const sent = await sendBatch(batch, this.id, target, this.#context);
    const isProbe = claim.isProbe && batch.some(({ attempt }) => !isUsedUp(attempt, target));
    const outcomes = await this.#changes.made(sent, { holds: claim.holds, isProbe });
    return { policy, startedAt, outcomes };
  }

  #ended(batch: readonly LeasedDelivery[], isFinal: boolean): void {
    if (isFinal) this.#claims.ended();
    else this.#claims.failed();
    this.#release(batch.length);
  }

  /** Gives up deliveries that were leased and not begun. */
  async #handBack(batch: readonly LeasedDelivery[], delayMs = 0): Promise<false> {
    const { settler, clock, dueAt: wakeAt } = this.#context;
    const dueAt = clock.steady() + delayMs;
    const settled = settler.settle(
      batch.map(({ id, leaseId }) => ({ id, leaseId, state: "pending", dueAt, isFree: true })),
    );
    this.#handBacks.add(settled);
    await settled;
    this.#handBacks.delete(settled);
    if (delayMs > 0) wakeAt(dueAt);
    this.#release(batch.length);
    return false;
  }

  /** A batch is done with. What was settled may have held back its followers, so the lane looks again. */
  #release(count: number): void {
    this.#claims.remove(count);
    this.wake();
  }
}
