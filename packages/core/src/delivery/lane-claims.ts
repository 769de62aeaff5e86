import type { LaneLimits } from "./lane-limits.ts";

/**
 * Counts what a lane holds in memory, and says how much more it may take: its prefetch, and more, up to its share, while the store and not the
 * destination is what it waits for. A busy store takes long for a lease, whatever its size.
 */
export class LaneClaims {
  readonly #share: () => number;
  #limits: LaneLimits;
  #most: number;
  #deliveries = 0;
  #batches = 0;
  /** A batch has ended since `#most` was raised. */
  #hasEnded = false;

  constructor(limits: LaneLimits, share: () => number) {
    this.#share = share;
    this.#limits = limits;
    this.#most = limits.prefetch;
  }

  get isEmpty(): boolean {
    return this.#deliveries === 0;
  }

  /** How many to lease now: whole batches, so that a full backlog makes full batches. */
  get room(): number {
    const { maxItems } = this.#limits;
    if (this.#batches >= Math.ceil(this.#most / maxItems)) return 0;
    const room = Math.max(this.#most - this.#deliveries, 0);
    return room - (room % maxItems);
  }

  add(deliveries: number, batches: number): void {
    this.#deliveries += deliveries;
    this.#batches += batches;
  }

  /** One batch is done with. */
  remove(deliveries: number): void {
    this.#deliveries -= deliveries;
    this.#batches -= 1;
  }

  /** All of a batch has ended. */
  ended(): void {
    this.#hasEnded = true;
  }

  /** The destination does not take what it is sent. */
  failed(): void {
    this.#hasEnded = false;
    this.#most = this.#limits.prefetch;
  }

  /** The lane had nothing to send while the store, which has more, was asked. */
  ranDry(): void {
    if (!this.#hasEnded) return;
    this.#hasEnded = false;
    const most = Math.min(2 * this.#most, this.#limits.mostPrefetch, this.#share());
    this.#most = Math.max(this.#most, most);
  }

  takeUp(limits: LaneLimits): void {
    this.#limits = limits;
    this.failed();
  }
}
