export interface Taken {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** When a request of the same cost can pass, by the clock of `now`. */
  readonly resetAt: number;
}

/**
 * Tokens that come back only once there are too few of them for a request, all at once for the time since they last did.
 *
 * A bucket is forgotten two windows after it was last filled; the first request on a new one takes its tokens even if it cannot pass, and leaves a debt.
 */
export class TokenBucket {
  readonly #burst: number;
  readonly #windowMs: number;
  readonly #fillMs: number;
  #tokens: number | undefined;
  #filledAt = 0;
  #forgottenAt = 0;

  constructor({ limit, windowSeconds, burst }: { limit: number; windowSeconds: number; burst: number }) {
    this.#burst = burst;
    this.#windowMs = windowSeconds * 1_000;
    this.#fillMs = this.#windowMs / limit;
  }

  take(cost: number, now: number): Taken {
    if (this.#tokens === undefined || now >= this.#forgottenAt) return this.#keep(this.#burst - cost, cost, now, now);
    const enough = this.#tokens - cost;
    if (enough >= 0) return this.#taken(enough, cost);
    const filled = Math.floor((now - this.#filledAt) / this.#fillMs);
    const remaining = Math.min(this.#burst, this.#tokens + filled) - cost;
    if (remaining >= 0) return this.#keep(remaining, cost, this.#filledAt + filled * this.#fillMs, now);
    return { isAllowed: false, remaining: 0, resetAt: this.#filledAt + (cost - this.#tokens) * this.#fillMs };
  }

  #keep(remaining: number, cost: number, filledAt: number, now: number): Taken {
    this.#filledAt = filledAt;
    this.#forgottenAt = now + 2 * this.#windowMs;
    return this.#taken(remaining, cost);
  }

  #taken(remaining: number, cost: number): Taken {
    this.#tokens = remaining;
    const missing = remaining < cost ? cost - remaining : cost;
    const resetAt = this.#filledAt + missing * this.#fillMs;
    return { isAllowed: remaining >= 0, remaining: Math.max(remaining, 0), resetAt };
  }
}
