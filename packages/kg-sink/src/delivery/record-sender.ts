import { retry, type Clock, type Delivery, type Logger, type Outcome } from "@bus/core";
import { outcomeOfError, type HttpAnswer } from "@bus/http";
import { heldBehind, holdsBack } from "./hold-back.ts";
import type { OutcomeBoard } from "./outcome-board.ts";
import type { RestProxy } from "./rest-proxy.ts";
import { verdictOf, type Verdict } from "./verdict.ts";
import { bodyOf, type WireRecord } from "./wire-record.ts";

export interface RecordSenderParts {
  readonly proxy: RestProxy;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a record that is to be tried again holds back those after it. */
  readonly isStrict: boolean;
}

/** One batch on its way. */
export interface Sending {
  readonly batch: readonly Delivery[];
  readonly board: OutcomeBoard;
  readonly signal: AbortSignal;
  /** When its time is up, by the steady clock. */
  readonly endsAt: number;
}

type Request = readonly WireRecord[];

/** With less time than this no request is begun. */
const LEAST_MS = 1_000;

const NO_TIME = retry("No time was left to send it.", { free: true });
const ENDED = retry("The attempt was ended before it was sent.", { free: true });

/** Sends requests one after the other. Where an answer asks for smaller ones, these take the place of their request. */
export class RecordSender {
  readonly #parts: RecordSenderParts;

  constructor(parts: RecordSenderParts) {
    this.#parts = parts;
  }

  /** Puts an outcome of each record on the board. */
  async send(requests: readonly Request[], sending: Sending): Promise<void> {
    const queue = [...requests];
    /** What becomes of all that is not sent. */
    let unsent: Outcome | undefined;
    for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
      unsent ??= this.#endOf(sending);
      if (unsent) {
        for (const { delivery } of request) sending.board.add(delivery, unsent);
        continue;
      }
      const verdict = await this.#produce(request, sending);
      if ("outcomes" in verdict) unsent = this.#settle(request, verdict.outcomes, sending);
      else queue.unshift(...this.#split(request, verdict));
    }
  }

  /** Undefined while there is time to send. */
  #endOf({ signal, endsAt }: Sending): Outcome | undefined {
    if (signal.aborted) return ENDED;
    return endsAt - this.#parts.clock.steady() < LEAST_MS ? NO_TIME : undefined;
  }

  async #produce(request: Request, { signal, endsAt }: Sending): Promise<Verdict> {
    const { proxy, clock } = this.#parts;
    let answer: HttpAnswer;
    try {
      answer = await proxy.produce(bodyOf(request), { signal, withinMs: endsAt - clock.steady() });
    } catch (error) {
      const outcome = outcomeOf(error);
      return { outcomes: request.map(() => outcome) };
    }
    const hide = (words: string): string => proxy.hide(words);
    return verdictOf(answer, { count: request.length, now: clock.now(), hide });
  }

  /** Undefined where what follows may be sent. */
  #settle(request: Request, outcomes: readonly Outcome[], { batch, board }: Sending): Outcome | undefined {
    let behind: Delivery | undefined;
    for (const [index, { delivery }] of request.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      board.add(delivery, outcome);
      if (holdsBack(outcome, this.#parts.isStrict)) behind ??= batch[delivery];
    }
    return behind && heldBehind(behind);
  }

  #split(request: Request, { split, isTooLarge }: Exclude<Verdict, { outcomes: unknown }>): readonly Request[] {
    if (isTooLarge) {
      const bytes = Buffer.byteLength(bodyOf(request));
      this.#parts.logger.warn(
        { records: request.length, bytes },
        "The proxy takes no request of this size: lower batch.maxBytes.",
      );
    }
    if (split === "each") return request.map((record) => [record]);
    const middle = Math.ceil(request.length / 2);
    return [request.slice(0, middle), request.slice(middle)];
  }
}

/** The proxy is the host's own, so an address that is refused is a fault of the network's and no reason to give up what waits. */
function outcomeOf(error: unknown): Outcome {
  const outcome = outcomeOfError(error);
  return outcome.kind === "rejected" ? retry(outcome.reason) : outcome;
}
