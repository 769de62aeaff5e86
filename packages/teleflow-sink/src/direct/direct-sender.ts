import type { Clock } from "@bus/core";
import type { Verdict } from "../calls/verdict.ts";
import type { InFlight } from "../delivery/in-flight.ts";
import type { UnitNoteChange, UnitNotes } from "../delivery/unit-notes.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import { endAfter, LEAST_MS, type Sendable, type Sending, type TriggerSender } from "../sending/trigger-sender.ts";
import { endedBy, waitFor } from "./call-end.ts";
import type { Said } from "./said.ts";

export interface DirectSenderParts {
  readonly sender: TriggerSender;
  readonly notes: UnitNotes;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  /** How long the requests of at most 100 triggers may take, with the wait for the rate limit. */
  readonly timeMs: number;
}

/** A trigger of a call by hand. */
export interface DirectTrigger extends WireTrigger {
  /** The host has named its id, and may send it again. */
  readonly isNamed: boolean;
}

/** One call by hand. */
export interface DirectCall {
  /** Aborts when the host gives up the call, or the bus stops. */
  readonly signal: AbortSignal;
  /** Aborts when the bus stops. */
  readonly stopping: AbortSignal;
  /** Whether it waits where the rate limit is used up. */
  readonly isPatient: boolean;
}

type Send = (sendables: readonly Sendable[], sending: Sending) => Promise<readonly Verdict[]>;

/** Triggers that go out under one deadline. */
const AT_ONCE = 100;

/** Error answers, which the service may repeat to the same idempotency key for a day. */
const ANSWERED_BADLY: ReadonlySet<Said["kind"]> = new Set(["inactive", "refused", "failed", "reused", "closed"]);

const NOTHING: Said = { kind: "unsent", reason: "Nothing was heard of it.", isFree: true };
const CANCELLED: Said = { kind: "cancelled", reason: "its transactionId was cancelled before: give it another one" };

/** Sends once what hosts send by hand. Of one transaction id it sends nothing while another request of it is out. */
export class DirectSender {
  readonly #parts: DirectSenderParts;

  constructor(parts: DirectSenderParts) {
    this.#parts = parts;
  }

  /** What came of each, in order. `signal` ends the waits; `stopping` also what is on its way, which may go together with what the rules send. */
  async triggers(triggers: readonly DirectTrigger[], call: DirectCall): Promise<readonly Said[]> {
    const send: Send = (sendables, sending) => this.#parts.sender.send(sendables, sending);
    const said: Said[] = [];
    let end: Said | undefined;
    for (let start = 0; start < triggers.length; start += AT_ONCE) {
      const some = triggers.slice(start, start + AT_ONCE);
      const known = end;
      const own = known ? some.map(() => known) : await this.#exclusively(some, send, call);
      end ??= endOfAll(own);
      said.push(...own);
    }
    return said;
  }

  async broadcast(trigger: DirectTrigger, call: DirectCall): Promise<readonly Said[]> {
    const { sender } = this.#parts;
    const send: Send = ([sendable], sending) =>
      sendable ? sender.broadcast(sendable, sending).then((verdict) => [verdict]) : Promise.resolve([]);
    return this.#exclusively([trigger], send, call);
  }

  async #exclusively(triggers: readonly DirectTrigger[], send: Send, call: DirectCall): Promise<readonly Said[]> {
    const { inFlight } = this.#parts;
    // In one order for all, so that no two calls wait for each other.
    const ids = triggers.map(({ transactionId }) => transactionId).toSorted();
    const entered: string[] = [];
    try {
      for (const id of ids) {
        while (!inFlight.enter(id)) await endedBy(call.signal, inFlight.settled(id));
        entered.push(id);
      }
      return await this.#send(triggers, send, call);
    } finally {
      for (const id of entered) inFlight.leave(id);
    }
  }

  async #send(
    triggers: readonly DirectTrigger[],
    send: Send,
    { signal, stopping, isPatient }: DirectCall,
  ): Promise<readonly Said[]> {
    const { notes, clock, timeMs } = this.#parts;
    const found = await notes.of(triggers.map(({ transactionId }) => transactionId));
    const said = triggers.map((_, index) => (found[index]?.cancelledAt === undefined ? NOTHING : CANCELLED));
    const sending = { signal: stopping, endsAt: clock.steady() + timeMs };
    let open = triggers.flatMap((trigger, index) =>
      said[index] === CANCELLED ? [] : [{ trigger, index, epoch: found[index]?.epoch ?? 0 }],
    );
    while (open.length > 0) {
      signal.throwIfAborted();
      const verdicts = await send(open, sending);
      const changes: UnitNoteChange[] = [];
      for (const [order, { trigger, index, epoch }] of open.entries()) {
        const verdict = verdicts[order] ?? NOTHING;
        said[index] = verdict;
        const { transactionId, isNamed } = trigger;
        if (isNamed && ANSWERED_BADLY.has(verdict.kind)) changes.push({ transactionId, note: { epoch: epoch + 1 } });
      }
      await this.#note(changes);
      const waitMs = Math.max(0, ...verdicts.map((verdict) => (verdict.kind === "limited" ? verdict.afterMs : 0)));
      const isTooLong = !isPatient || clock.steady() + waitMs + LEAST_MS > sending.endsAt;
      open = isTooLong ? [] : open.filter(({ index }) => said[index]?.kind === "limited");
      if (open.length > 0) await waitFor(waitMs, clock, signal);
    }
    return said;
  }

  async #note(changes: readonly UnitNoteChange[]): Promise<void> {
    try {
      await this.#parts.notes.change(changes);
    } catch {
      // The results count. Without the note, the next call under an id may be told the same again.
    }
  }
}

/** What becomes of the rest, where the next request would hear the same. */
function endOfAll(said: readonly Said[]): Said | undefined {
  return said.map((one) => (one.kind === "cancelled" ? undefined : endAfter(one))).find((end) => end !== undefined);
}
