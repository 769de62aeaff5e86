import { bareErrorAnswer, type Answer } from "./answer.ts";
import type { TeleflowOperation, TeleflowRateLimit } from "./teleflow-stub.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface Limited {
  /** Of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refused: Answer | undefined;
}

/** Two buckets of the same size: all that has to do with triggers shares one, the rest the other. */
export class RateLimiter {
  readonly #limit: TeleflowRateLimit;
  readonly #buckets: Readonly<Record<"trigger" | "global", TokenBucket>>;

  constructor(limit: TeleflowRateLimit) {
    this.#limit = limit;
    this.#buckets = { trigger: new TokenBucket(limit), global: new TokenBucket(limit) };
  }

  take(operation: TeleflowOperation, now: number): Limited {
    const { limit, windowSeconds, burst, bulkCost = 100 } = this.#limit;
    const category = operation === "notifications" ? "global" : "trigger";
    const cost = operation === "bulk" || operation === "broadcast" ? "bulk" : "single";
    const taken = this.#buckets[category].take(cost === "bulk" ? bulkCost : 1, now);
    const seconds = String(Math.max(Math.ceil((taken.resetAt - now) / 1_000), 0));
    const headers = {
      "RateLimit-Remaining": String(taken.remaining),
      "RateLimit-Limit": String(limit),
      "RateLimit-Reset": seconds,
      "RateLimit-Policy": `${limit};w=${windowSeconds};burst=${burst};comment="token bucket";category="${category}";cost="${cost}";serviceLevel="free"`,
    };
    if (taken.isAllowed) return { headers, refused: undefined };
    return {
      headers: { ...headers, "Retry-After": seconds },
      refused: bareErrorAnswer(429, "API rate limit exceeded"),
    };
  }
}
