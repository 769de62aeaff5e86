import { delivered, rejected, retry, type Clock, type Delivery, type Outcome } from "@bus/core";
import type { PlannedRule } from "../rules/planned-rule.ts";
import type { RuleBook } from "../rules/rule-book.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import type { Sending, TriggerSender } from "../sending/trigger-sender.ts";
import { CANCELLED } from "./cancelled.ts";
import type { Confirmation } from "./confirmation.ts";
import { OUT, type InFlight } from "./in-flight.ts";
import { endOfOpen, isCounted, isNotedFirst, noteOfBegun, noteOfTry, openSince, untoldSince } from "./open-since.ts";
import { OutcomeBoard } from "./outcome-board.ts";
import type { SignOfLife } from "./sign-of-life.ts";
import type { UnitNote, UnitNoteChange, UnitNotes } from "./unit-notes.ts";
import { CLEARED, judge, type Judged, type OnInactive } from "./verdict-outcome.ts";

/** What a rule is to do for an event. */
export interface Unit {
  readonly delivery: Delivery;
  readonly rule: PlannedRule;
}

export interface TriggerDeliveryParts {
  readonly book: RuleBook;
  readonly notes: UnitNotes;
  readonly signOfLife: SignOfLife;
  readonly inFlight: InFlight;
  readonly sender: TriggerSender;
  /** Where accepted is not enough. */
  readonly confirmation: Confirmation | undefined;
  readonly onInactive: OnInactive;
  readonly clock: Clock;
}

/** One trigger of a unit. */
interface Part {
  /** Index of its unit in the batch. */
  readonly unit: number;
  /** Which hundred of its recipients. */
  readonly chunk: number;
  readonly delivery: Delivery;
  readonly trigger: WireTrigger;
}

/** With what is known of its tries before. */
interface KnownPart extends Part {
  readonly note: UnitNote | undefined;
  /** Wall time of the first of them, where it was left open. */
  readonly since: number | undefined;
}

/** That is to be sent. */
interface DuePart extends KnownPart {
  /** Among the parts. */
  readonly index: number;
  readonly epoch: number;
}

/**
 * Delivers the units of trigger rules. Those that go through at once cost one reading of notes for all of them; what must be known at the next
 * try is written before the engine hears that there is to be one, and before an old event is sent.
 *
 * @see docs/spec/teleflow.md#transactionid
 */
export class TriggerDelivery {
  readonly #parts: TriggerDeliveryParts;

  constructor(parts: TriggerDeliveryParts) {
    this.#parts = parts;
  }

  /** One outcome each, in order. Rejects when the notes cannot be read or written: then all are to be tried again. */
  async deliver(units: readonly Unit[], sending: Sending): Promise<readonly Outcome[]> {
    const { inFlight, notes, signOfLife } = this.#parts;
    const board = new OutcomeBoard(units.length);
    const entered = this.#entered(units, board);
    try {
      const found = await notes.of(entered.map(({ trigger }) => trigger.transactionId));
      const parts = entered.map((part, index) => known(part, found[index], signOfLife.before));
      const judged = await this.#judged(parts, sending);
      for (const [index, { unit }] of parts.entries()) board.add(unit, judgedAt(judged, index).outcome);
      await notes.change(changesOf(parts, judged, { board, signal: sending.signal }));
      return board.outcomes;
    } finally {
      for (const { trigger } of entered) inFlight.leave(trigger.transactionId);
    }
  }

  /** What is to be sent, and nobody else sends. What is decided without it goes on the board. */
  #entered(units: readonly Unit[], board: OutcomeBoard): readonly Part[] {
    const { book } = this.#parts;
    const rendered = units.map(({ delivery, rule }) => book.render(rule, delivery.event));
    const entered: Part[] = [];
    for (const [unit, { delivery }] of units.entries()) {
      const made = rendered[unit];
      if (made === undefined) continue;
      if ("fault" in made) board.add(unit, rejected(made.fault));
      else if (!this.#enter(made.triggers)) board.add(unit, OUT);
      else for (const [chunk, trigger] of made.triggers.entries()) entered.push({ unit, chunk, delivery, trigger });
    }
    return entered;
  }

  /** All of them, or none. */
  #enter(triggers: readonly WireTrigger[]): boolean {
    const { inFlight } = this.#parts;
    const blocked = triggers.findIndex(({ transactionId }) => !inFlight.enter(transactionId));
    if (blocked === -1) return true;
    for (const { transactionId } of triggers.slice(0, blocked)) inFlight.leave(transactionId);
    return false;
  }

  async #judged(parts: readonly KnownPart[], sending: Sending): Promise<readonly (Judged | undefined)[]> {
    const { clock, confirmation, onInactive, sender } = this.#parts;
    const cancelled = cancelledUnits(parts);
    const judged: (Judged | undefined)[] = parts.map((part) =>
      cancelled.has(part.unit) ? { outcome: CANCELLED } : decidedBefore(part, clock.now()),
    );
    if (confirmation) await confirm(parts, judged, { confirmation, sending });
    const due = await this.#notedFirst(
      parts.flatMap((part, index) => (judged[index] ? [] : [{ ...part, index, epoch: epochOf(part.note) }])),
    );
    const verdicts = due.length === 0 ? [] : await sender.send(due, sending);
    for (const [index, part] of due.entries()) {
      const verdict = verdicts[index];
      const { note, since, epoch, trigger } = part;
      const { transactionId } = trigger;
      if (verdict?.kind === "processed" && confirmation) judged[part.index] = confirmation.accepted(note, epoch);
      else if (verdict)
        judged[part.index] = judge(verdict, { transactionId, note, epoch, since, now: clock.now(), onInactive });
    }
    return judged;
  }

  /** With the notes that the old ones among them need before they are sent. */
  async #notedFirst(due: readonly DuePart[]): Promise<readonly DuePart[]> {
    const { clock, notes } = this.#parts;
    const now = clock.now();
    const changes: UnitNoteChange[] = [];
    const noted = due.map((part) => {
      const { delivery, trigger, note, since = now } = part;
      if (!isNotedFirst(delivery, now) || note?.since === since) return part;
      const begun = noteOfBegun(delivery, since);
      changes.push({ transactionId: trigger.transactionId, note: begun });
      return { ...part, since, note: { ...note, ...begun, at: now } };
    });
    await notes.change(changes);
    return noted;
  }
}

function known(part: Part, note: UnitNote | undefined, diedAt: number | undefined): KnownPart {
  const { delivery } = part;
  return { ...part, note, since: openSince(delivery, note) ?? untoldSince(delivery, note, diedAt) };
}

/** Those whose first trigger was: of an event that was not published yet, a cancellation knows no other. */
function cancelledUnits(parts: readonly KnownPart[]): ReadonlySet<number> {
  const first = parts.filter(({ chunk, note }) => chunk === 0 && note?.cancelledAt !== undefined);
  return new Set(first.map(({ unit }) => unit));
}

/** What needs no request. */
function decidedBefore({ delivery, trigger, note, since }: KnownPart, now: number): Judged | undefined {
  if (note?.cancelledAt !== undefined) return { outcome: CANCELLED };
  if (note?.done) return { outcome: delivered({ detail: trigger.transactionId }) };
  return endOfOpen(delivery, since, now);
}

/** Settles those that were accepted before, but for those that are to be sent again. */
async function confirm(
  parts: readonly KnownPart[],
  judged: (Judged | undefined)[],
  { confirmation, sending }: { readonly confirmation: Confirmation; readonly sending: Sending },
): Promise<void> {
  const accepted = parts.flatMap(({ trigger, note, since }, index) =>
    judged[index] === undefined && note?.accepted !== undefined
      ? [{ index, transactionId: trigger.transactionId, note, since }]
      : [],
  );
  const answers = await confirmation.of(accepted, sending);
  for (const [order, { index }] of accepted.entries()) {
    const answer = answers[order];
    if (answer !== "again") judged[index] = answer;
  }
}

/** One that was accepted and is sent again all the same must not get the answer of before. */
function epochOf(note: UnitNote | undefined): number {
  return (note?.epoch ?? 0) + (note?.accepted === undefined ? 0 : 1);
}

function changesOf(
  parts: readonly KnownPart[],
  judged: readonly (Judged | undefined)[],
  { board, signal }: { readonly board: OutcomeBoard; readonly signal: AbortSignal },
): readonly UnitNoteChange[] {
  return parts.flatMap(({ unit, delivery, trigger, note, since }, index) => {
    const judgement = judgedAt(judged, index);
    const { transactionId } = trigger;
    const whole = board.of(unit);
    if (judgement.outcome.kind === "delivered") {
      if (whole?.kind === "delivered") return note || judgement.note ? [{ transactionId, note: CLEARED }] : [];
      return note?.done ? [] : [{ transactionId, note: { ...CLEARED, done: true as const } }];
    }
    // Of a unit whose try counts, the number is noted of each trigger: also of one that was not sent.
    const counts = isCounted(whole, signal);
    if (!counts && !judgement.note && since === note?.since) return [];
    const left = noteOfTry(delivery, judgement, { since, counts });
    return left ? [{ transactionId, note: left }] : [];
  });
}

function judgedAt(judged: readonly (Judged | undefined)[], index: number): Judged {
  return judged[index] ?? { outcome: retry("Nothing was heard of it.") };
}
