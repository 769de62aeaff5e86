import { rejected, retry, type Clock, type Delivery, type Outcome, type PluginDeliveries } from "@bus/core";
import type { RuleBook } from "../rules/rule-book.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import { hindranceOf, type Sending, type TriggerSender } from "../sending/trigger-sender.ts";
import { CANCELLED } from "./cancelled.ts";
import { OUT, type InFlight } from "./in-flight.ts";
import { endOfOpen, isCounted, noteOfBegun, noteOfTry, openSince } from "./open-since.ts";
import type { Unit } from "./trigger-delivery.ts";
import type { UnitNote, UnitNoteFields, UnitNotes } from "./unit-notes.ts";
import { judge, type Judged, type OnInactive } from "./verdict-outcome.ts";

export interface BroadcastDeliveryParts {
  readonly book: RuleBook;
  readonly notes: UnitNotes;
  readonly inFlight: InFlight;
  readonly deliveries: PluginDeliveries;
  readonly sender: TriggerSender;
  readonly onInactive: OnInactive;
  /** Whether one whose outcome is not known is sent again. */
  readonly broadcastRetry: boolean;
  readonly clock: Clock;
}

/** Its note says so to the next try. */
const CUT_SHORT = retry("The attempt was ended while it was on its way.", { free: true });

/**
 * Delivers the units of broadcast rules, one after the other. A broadcast reaches everybody, so that one whose outcome is not known ends as a dead
 * letter. A note is written before each request, and goes when its answer was no: one that is found has no answer, or its broadcast went out.
 *
 * @see docs/spec/teleflow.md#rules-the-host-declares
 */
export class BroadcastDelivery {
  readonly #parts: BroadcastDeliveryParts;

  constructor(parts: BroadcastDeliveryParts) {
    this.#parts = parts;
  }

  /** One outcome each, in order. Never throws: what has gone out must not be tried again for the sake of another. */
  async deliver(units: readonly Unit[], sending: Sending): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    /** What becomes of all that is not sent. */
    let held: Outcome | undefined;
    for (const unit of units) {
      held ??= this.#endOf(sending);
      const outcome = held ?? (await this.#deliver(unit, sending));
      if (outcome.kind === "pause") held = outcome;
      outcomes.push(outcome);
    }
    return outcomes;
  }

  /** Undefined while there is time to send. */
  #endOf(sending: Sending): Outcome | undefined {
    const hindrance = hindranceOf(sending, this.#parts.clock.steady());
    return hindrance && retry(hindrance.reason, { free: true });
  }

  async #deliver({ delivery, rule }: Unit, sending: Sending): Promise<Outcome> {
    const { book, inFlight } = this.#parts;
    const rendered = book.render(rule, delivery.event);
    if ("fault" in rendered) return rejected(rendered.fault);
    const [trigger] = rendered.triggers;
    if (trigger === undefined) return rejected("the rule sends nothing");
    if (!inFlight.enter(trigger.transactionId)) return OUT;
    try {
      return await this.#send(trigger, delivery, sending);
    } catch (error) {
      return retry(`The notes cannot be kept: ${error instanceof Error ? error.message : String(error)}`, {
        free: true,
      });
    } finally {
      inFlight.leave(trigger.transactionId);
    }
  }

  async #send(trigger: WireTrigger, delivery: Delivery, sending: Sending): Promise<Outcome> {
    const { notes, sender, clock, broadcastRetry, onInactive } = this.#parts;
    const { transactionId } = trigger;
    const [note] = await notes.of([transactionId]);
    const since = openSince(delivery, note);
    const end = await this.#endBefore(delivery, note, since);
    if (end) {
      if (end.note) await this.#note(transactionId, end.note);
      return end.outcome;
    }
    const begun: UnitNoteFields = broadcastRetry
      ? noteOfBegun(delivery, since ?? clock.now())
      : { broadcast: "sending" };
    await notes.change([{ transactionId, note: begun }]);
    const epoch = note?.epoch ?? 0;
    const verdict = await sender.broadcast({ trigger, epoch }, sending);
    if (verdict.kind === "unknown" && !broadcastRetry)
      return sending.signal.aborted ? CUT_SHORT : ambiguous(verdict.reason);
    const now = clock.now();
    const judged = judge(verdict, {
      transactionId,
      note: { ...note, ...begun, at: now },
      epoch,
      since,
      now,
      onInactive,
    });
    const { outcome } = judged;
    if (outcome.kind !== "delivered") {
      const counts = isCounted(outcome, sending.signal);
      await this.#note(transactionId, { ...noteOfTry(delivery, judged, { since, counts }), broadcast: undefined });
    } else if (broadcastRetry) await this.#note(transactionId, { since: undefined });
    // Else the note stays: a process that dies before the outcome is recorded leaves it to be found.
    return outcome;
  }

  /** The outcome counts, whether it can be noted or not. Tried again, the broadcast would end as a dead letter by the note that stays. */
  async #note(transactionId: string, note: UnitNoteFields): Promise<void> {
    try {
      await this.#parts.notes.change([{ transactionId, note }]);
    } catch {
      // The next try finds the note of before.
    }
  }

  /** What needs no request. */
  async #endBefore(
    delivery: Delivery,
    note: UnitNote | undefined,
    since: number | undefined,
  ): Promise<Judged | undefined> {
    if (note?.cancelledAt !== undefined) return { outcome: CANCELLED };
    const isOpen = note?.broadcast !== undefined && !this.#parts.broadcastRetry;
    if (isOpen && !(await this.#isReplay(delivery)))
      return { outcome: ambiguous("the attempt ended before an answer came") };
    return endOfOpen(delivery, since, this.#parts.clock.now());
  }

  /** Whether it had come to an end, and is wanted all the same. An attempt that was cut short leaves it pending, or no record at all. */
  async #isReplay({ event, destination, attempt }: Delivery): Promise<boolean> {
    const [delivery] = await this.#parts.deliveries.ofEvent(event.id, [destination]);
    const last = delivery?.history.at(-1)?.outcome;
    return attempt === 1 && last !== undefined && last !== "retry" && last !== "pause";
  }
}

function ambiguous(reason: string): Outcome {
  return rejected(
    `Whether the broadcast went out is not known (${reason.replace(/\.$/, "")}). It is not sent again by itself, for it would reach every subscriber: replay it if it did not arrive, or set broadcastRetry.`,
  );
}
