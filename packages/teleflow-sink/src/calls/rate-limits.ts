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

/** A longer reset beside what passed is none: some servers write an instant there. */
const LONGEST_RESET_MS = 60 * 60 * 1000;

/** Who sends nothing does not hear of a new limit: one that lets nothing pass is asked about again. */
const BURST_KNOWN_MS = 60_000;

type Headers = Readonly<Record<string, string>>;

/**
 * The token bucket of the service, as far as its answers tell of it. It belongs to the environment: all triggers, broadcasts and cancellations draw
 * from it, other clients' too.
 *
 * @see docs/spec/teleflow.md#outcome-of-an-answer
 */
export class RateLimits {
  readonly #clock: Clock;
  /** What the bucket holds when it is full, and until when, by the steady clock, that is believed. */
  #burst: number | undefined;
  #burstUntil = 0;
  /** After the last answer that let a request pass. It holds until `#resetAt`, by the steady clock. */
  #remaining = 0;
  #resetAt = 0;
  /** Until when a request of this cost was turned away. */
  readonly #closedUntil: Record<Cost, number> = { single: 0, bulk: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a bulk, or a broadcast, ever passes; so unless the service has just said otherwise. */
  get canBulk(): boolean {
    return this.burst === undefined || this.burst >= TOKENS.bulk;
  }

  /** What the bucket holds at most, where the service has said so within the last minute. */
  get burst(): number | undefined {
    return this.#clock.steady() < this.#burstUntil ? this.#burst : undefined;
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
    if (burst !== undefined) {
      this.#burst = Number(burst);
      this.#burstUntil = this.#clock.steady() + BURST_KNOWN_MS;
    }
    if (status === TOO_MANY) return this.#close(cost, this.#closedMsOf(headers));
    const remaining = wholeNumberOf(headers["ratelimit-remaining"]);
    const resetMs = resetMsOf(headers);
    if (remaining === undefined || resetMs === undefined || resetMs > LONGEST_RESET_MS) return;
    this.#remaining = remaining;
    this.#resetAt = this.#clock.steady() + resetMs;
  }

  /** How long the answer asks to wait: of one that turns a request away always some time. @param headers names in lower case */
  afterMsOf(status: number, headers: Headers): number | undefined {
    // Every answer has a reset, even one that has failed for other reasons.
    return status === TOO_MANY ? this.#closedMsOf(headers) : this.#retryAfterMsOf(headers);
  }

  /** That nothing remains is only true of what this request costs: a cheaper one may pass, and a dearer one does not. */
  #close(cost: Cost, ms: number): void {
    const until = this.#clock.steady() + ms;
    for (const closed of [cost, "bulk"] as const)
      this.#closedUntil[closed] = Math.max(this.#closedUntil[closed], until);
  }

  #closedMsOf(headers: Headers): number {
    return Math.max(this.#retryAfterMsOf(headers) ?? 0, resetMsOf(headers) ?? 0, LEAST_WAIT_MS);
  }

  #retryAfterMsOf(headers: Headers): number | undefined {
    return parseRetryAfter(headers["retry-after"], this.#clock.now());
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
