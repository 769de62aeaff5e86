import { delivered, rejected, retry, type Clock, type Outcome } from "@bus/core";
import { isSuccess, type Reply } from "../calls/reply.ts";
import type { TeleflowClient } from "../calls/teleflow-client.ts";
import type { Sending } from "../sending/trigger-sender.ts";
import { isRecord } from "../is-record.ts";
import type { UnitNote } from "./unit-notes.ts";
import { unsettled } from "./unsettled.ts";
import { CLEARED, type Judged } from "./verdict-outcome.ts";

/** Of an accepted trigger whose confirmation is due: what is known now, or that it is to be sent again. */
export type Confirmed = Judged | "again";

/** A trigger that was accepted. */
export interface Accepted {
  readonly transactionId: string;
  readonly note: UnitNote;
  /** Wall time of the first question that was not answered. */
  readonly since: number | undefined;
}

/** Questions under way at once. */
const AT_ONCE = 4;

/** Asks whether the service's worker has made notifications of what was accepted. */
export class Confirmation {
  readonly #client: TeleflowClient;
  readonly #afterMs: number;
  readonly #clock: Clock;

  constructor(client: TeleflowClient, { afterMs }: { readonly afterMs: number }, clock: Clock) {
    this.#client = client;
    this.#afterMs = afterMs;
    this.#clock = clock;
  }

  /** Of a trigger that the service has just accepted. */
  accepted(note: UnitNote | undefined, epoch: number): Judged {
    return {
      outcome: this.#waits(this.#afterMs),
      note: { ...CLEARED, epoch, accepted: (note?.accepted ?? 0) + 1, acceptedAt: this.#clock.now() },
    };
  }

  /** Of each, in order. Once the service takes no more questions, the rest are not asked. */
  async of(all: readonly Accepted[], sending: Sending): Promise<readonly Confirmed[]> {
    const found: Confirmed[] = [];
    const questions = all.entries();
    let held: Outcome | undefined;
    const ask = async (): Promise<void> => {
      for (const [index, accepted] of questions) {
        const judged: Confirmed = held ? { outcome: held } : await this.#ask(accepted, sending);
        if (judged !== "again" && judged.outcome.kind === "pause") held = judged.outcome;
        found[index] = judged;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    return found;
  }

  async #ask({ transactionId, note, since }: Accepted, { signal, endsAt }: Sending): Promise<Confirmed> {
    const restMs = (note.acceptedAt ?? 0) + this.#afterMs - this.#clock.now();
    // A clock that was set back makes nothing wait longer.
    if (restMs > 0) return { outcome: this.#waits(Math.min(restMs, this.#afterMs)) };
    const withinMs = endsAt - this.#clock.steady();
    if (withinMs <= 0 || signal.aborted) return { outcome: retry("No time was left to ask.", { free: true }) };
    const reply = await this.#client.notifications(transactionId, { signal, withinMs });
    switch (isFound(reply, transactionId)) {
      case true:
        return { outcome: delivered({ detail: transactionId }), note: CLEARED };
      case false:
        if ((note.accepted ?? 0) < 2) return "again";
        return { outcome: NEVER, note: { ...CLEARED, epoch: (note.epoch ?? 0) + 1 } };
      case undefined:
        return unanswered(reply, since ?? this.#clock.now());
    }
  }

  #waits(afterMs: number): Outcome {
    return retry("It was accepted, and waits for its confirmation.", { afterMs, free: true });
  }
}

const NEVER = rejected(
  "The service accepted it twice, and no notification came of it: see whether its worker runs and knows the subscribers, then replay it.",
);

/** Whether the service knows notifications of this trigger; undefined where it does not say. */
function isFound(reply: Reply, transactionId: string): boolean | undefined {
  if (reply.kind !== "answer" || !isSuccess(reply)) return undefined;
  return listIn(reply.body)?.some((one) => isRecord(one) && one["transactionId"] === transactionId);
}

/** A page of results keeps its own `data`; servers differ in whether they wrap it in another. */
function listIn(body: unknown): readonly unknown[] | undefined {
  const data = isRecord(body) ? body["data"] : undefined;
  if (Array.isArray(data)) return data;
  return isRecord(data) ? listIn(data) : undefined;
}

function unanswered(reply: Reply, since: number): Judged {
  const outcome = unsettled(reply, "Whether it went through is not known: Teleflow answered");
  return { outcome, ...(outcome.kind === "retry" && { note: { since } }) };
}
