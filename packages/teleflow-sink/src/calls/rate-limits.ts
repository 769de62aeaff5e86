import type { Clock } from "@bus/core";
import { parseRetryAfter } from "@bus/http";

/** Single: a trigger or a cancellation, one token. Bulk: broadcasts too. */
export type Cost = "single" | "bulk";

/** What a bulk or a broadcast costs, whatever its size. */
export const BULK_TOKENS = 100;

const TOKENS: Readonly<Record<Cost, number>> = { single: 1, bulk: BULK_TOKENS };

const TOO_MANY = 429;

/** The headers count whole seconds: 0, or none, may still be most of one. */
const LEAST_WAIT_MS = 1_000;

const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

type Headers = Readonly<Record<string, string>>;

/**
 * The token bucket of the service, as far as its answers tell of it. It belongs to the environment: all triggers, broadcasts and cancellations draw
 * from it, other clients' too.
 *
 * @see docs/spec/teleflow.md#outcome-of-an-answer
 */
export class RateLimits {
  readonly #clock: Clock;
  /** What the bucket holds when it is full. */
  #burst: number | undefined;
  /** After the last answer that let a request pass. It holds until `#resetAt`, by the steady clock. */
  #remaining = 0;
  #resetAt = 0;
  /** Until when a request of this cost was turned away. */
  readonly #closedUntil: Record<Cost, number> = { single: 0, bulk: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a bulk, or a broadcast, ever passes; so until the service says otherwise. */
  get canBulk(): boolean {
    return this.#burst === undefined || this.#burst >= TOKENS.bulk;
  }

  /** What the bucket holds at most, where the service has said so. */
  get burst(): number | undefined {
    return this.#burst;
  }

  /** How long a request of this cost has no chance; 0 where it may have one. */
  waitMs(cost: Cost): number {
    const isLow = this.#remaining < TOKENS[cost];
    const openAt = Math.max(this.#closedUntil[cost], isLow ? this.#resetAt : 0);
    return Math.max(0, openAt - this.#clock.steady());
  }

  /** Learns from the answer to a request of this cost. @param headers names in lower case */
  learn(cost: Cost, status: number, headers: Headers): void {
    const burst = /;\s*burst=(\d+)/.exec(headers["ratelimit-policy"] ?? "")?.[1];
    if (burst !== undefined) this.#burst = Number(burst);
    if (status === TOO_MANY) return this.#close(cost, headers);
    const remaining = wholeNumberOf(headers["ratelimit-remaining"]);
    const resetMs = resetMsOf(headers);
    if (remaining === undefined || resetMs === undefined) return;
    this.#remaining = remaining;
    this.#resetAt = this.#clock.steady() + resetMs;
  }

  /** How long the answer asks to wait: of one that turns a request away always some time. @param headers names in lower case */
  afterMsOf(status: number, headers: Headers): number | undefined {
    const retryAfterMs = parseRetryAfter(headers["retry-after"], this.#clock.now());
    // Every answer has a reset, even one that has failed for other reasons.
    if (status !== TOO_MANY) return retryAfterMs;
    return Math.max(retryAfterMs ?? 0, resetMsOf(headers) ?? 0, LEAST_WAIT_MS);
  }

  /** That nothing remains is only true of what this request costs: a cheaper one may pass, and a dearer one does not. */
  #close(cost: Cost, headers: Headers): void {
    const until = this.#clock.steady() + (this.afterMsOf(TOO_MANY, headers) ?? 0);
    this.#closedUntil[cost] = until;
    this.#closedUntil.bulk = Math.max(this.#closedUntil.bulk, until);
  }
}

/** Seconds, unlike in the drafts of the standard that have a date here. */
function resetMsOf(headers: Headers): number | undefined {
  const seconds = wholeNumberOf(headers["ratelimit-reset"]);
  return seconds === undefined ? undefined : Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

function wholeNumberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}
