import type { Clock } from "@bus/core";
import { dataOf } from "../calls/parse-body.ts";
import { isClosed, isSuccess, type Reply } from "../calls/reply.ts";
import type { TeleflowClient } from "../calls/teleflow-client.ts";
import { LEAST_MS, type Sending } from "../sending/trigger-sender.ts";

/** What came of asking the service to cancel a transaction. */
export type CancelAnswer =
  | { readonly kind: "answer"; readonly wasCancelled: boolean }
  /** It was not asked: the time is up. */
  | { readonly kind: "unasked"; readonly reason: string }
  /** Nor was it asked: the rate limit is used up. */
  | { readonly kind: "limited"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly reply: Reply };

/** Requests of one attempt under way at once. */
const AT_ONCE = 8;

/** The cancel requests of one attempt, a few at a time. What is said to one for all of them is said to the rest unasked. */
export class CancelRequests {
  readonly sending: Sending;
  readonly #client: TeleflowClient;
  readonly #clock: Clock;
  readonly #lines: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  #count = 0;
  #refusal: CancelAnswer | undefined;

  constructor(client: TeleflowClient, clock: Clock, sending: Sending) {
    this.#client = client;
    this.#clock = clock;
    this.sending = sending;
  }

  /** Never throws. */
  cancel(transactionId: string): Promise<CancelAnswer> {
    const line = this.#count++ % AT_ONCE;
    const answer = Promise.resolve(this.#lines[line]).then(() => this.#refusal ?? this.#cancel(transactionId));
    this.#lines[line] = answer;
    return answer;
  }

  async #cancel(transactionId: string): Promise<CancelAnswer> {
    const { signal, endsAt } = this.sending;
    if (signal.aborted) return { kind: "unasked", reason: "The attempt was ended before the service was asked." };
    const withinMs = endsAt - this.#clock.steady();
    if (withinMs < LEAST_MS) return { kind: "unasked", reason: "No time was left to ask the service." };
    const afterMs = this.#client.limits.waitMs("single");
    if (afterMs > 0) return { kind: "limited", afterMs: Math.ceil(afterMs) };
    const reply = await this.#client.cancel(transactionId, { signal, withinMs });
    const wasCancelled = parseCancelled(reply);
    if (wasCancelled !== undefined) return { kind: "answer", wasCancelled };
    const failed = { kind: "failed", reply } as const;
    if (reply.kind === "answer" && (reply.status === 429 || isClosed(reply))) this.#refusal = failed;
    return failed;
  }
}

/** Undefined for all but `{"data": true}` and `{"data": false}` with a 2xx. */
function parseCancelled(reply: Reply): boolean | undefined {
  if (reply.kind !== "answer" || !isSuccess(reply)) return undefined;
  const data = dataOf(reply.body);
  return typeof data === "boolean" ? data : undefined;
}
