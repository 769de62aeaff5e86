import type { Verdict } from "../calls/verdict.ts";
import type { Sendable, Sending } from "./trigger-sender.ts";

/** A trigger on its way, with the call that brought it. */
export interface Entry {
  readonly sendable: Sendable;
  readonly call: SentCall;
  /** Its place in the call. */
  readonly index: number;
}

/** What one call of `send` brought, and what has become of it so far. */
export class SentCall {
  /** Resolves when there is a verdict of each trigger, in order. */
  readonly settled: Promise<readonly Verdict[]>;
  readonly sending: Sending;
  /** What becomes of all that is not sent yet. */
  ended: Verdict | undefined;
  readonly #verdicts: Verdict[] = [];
  readonly #resolve: (verdicts: readonly Verdict[]) => void;
  #open: number;

  /** @param count triggers: at least one */
  constructor(count: number, sending: Sending) {
    const { promise, resolve } = Promise.withResolvers<readonly Verdict[]>();
    this.settled = promise;
    this.#resolve = resolve;
    this.#open = count;
    this.sending = sending;
  }

  /** Once for each trigger. */
  settle(index: number, verdict: Verdict): void {
    this.#verdicts[index] = verdict;
    this.#open -= 1;
    if (this.#open === 0) this.#resolve(this.#verdicts);
  }
}
