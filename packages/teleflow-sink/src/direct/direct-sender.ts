import type { Clock } from "@bus/core";
import type { Verdict } from "../calls/verdict.ts";
import type { InFlight } from "../delivery/in-flight.ts";
import type { UnitNoteChange, UnitNotes } from "../delivery/unit-notes.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import type { Sendable, Sending, TriggerSender } from "../sending/trigger-sender.ts";
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

/** With less time than this it makes no sense to wait for the rate limit. */
const LEAST_MS = 1_000;

/** A trigger of a call by hand. */
export interface DirectTrigger extends WireTrigger {
  /** The host has named its id, and may send it again. */
  readonly isNamed: boolean;
}

/** Triggers that go out under one deadline. */
const AT_ONCE = 100;

/** After these the next request would hear the same. */
const ENDING: ReadonlySet<Said["kind"]> = new Set(["limited", "closed", "unsent"]);
/** Error answers, which the service may repeat to the same idempotency key for a day. */
const ANSWERED_BADLY: ReadonlySet<Said["kind"]> = new Set(["inactive", "refused", "failed", "reused", "closed"]);

const NOTHING: Said = { kind: "unsent", reason: "Nothing was heard of it.", isFree: true };
const CANCELLED: Said = { kind: "cancelled", reason: "its transactionId was cancelled before: give it another one" };

type Send = (sendables: readonly Sendable[], sending: Sending) => Promise<readonly Verdict[]>;

/** Sends once what hosts send by hand. Of one transaction id it sends nothing while another request of it is out. */
export class DirectSender {
  readonly #parts: DirectSenderParts;

  constructor(parts: DirectSenderParts) {
    this.#parts = parts;
  }

  /** What came of each, in order. `signal` ends the waits; `stopping` also what is on its way, which may go together with what the rules send. */
  async triggers(triggers: readonly DirectTrigger[], call: DirectCall): Promise<readonly Said[]> {
    const said: Said[] = [];
    for (let start = 0; start < triggers.length; start += AT_ONCE) {
      const some = triggers.slice(start, start + AT_ONCE);
      const last = said.at(-1);
      const isEnded = last !== undefined && ENDING.has(last.kind);
      const send: Send = (sendables, sending) => this.#parts.sender.send(sendables, sending);
      said.push(...(isEnded ? some.map(() => last) : await this.#exclusively(some, send, call)));
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
    const changes: UnitNoteChange[] = [];
    let open = triggers.flatMap((trigger, index) =>
      said[index] === CANCELLED ? [] : [{ trigger, index, epoch: found[index]?.epoch ?? 0 }],
    );
    while (open.length > 0) {
      signal.throwIfAborted();
      const verdicts = await send(open, sending);
      for (const [order, { trigger, index, epoch }] of open.entries()) {
        const verdict = verdicts[order] ?? NOTHING;
        said[index] = verdict;
        const { transactionId, isNamed } = trigger;
        if (isNamed && ANSWERED_BADLY.has(verdict.kind)) changes.push({ transactionId, note: { epoch: epoch + 1 } });
      }
      const waitMs = Math.max(0, ...verdicts.map((verdict) => (verdict.kind === "limited" ? verdict.afterMs : 0)));
      const isTooLong = !isPatient || clock.steady() + waitMs + LEAST_MS > sending.endsAt;
      open = isTooLong ? [] : open.filter(({ index }) => said[index]?.kind === "limited");
      if (open.length > 0) await waitFor(waitMs, clock, signal);
    }
    await notes.change(changes);
    return said;
  }
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
