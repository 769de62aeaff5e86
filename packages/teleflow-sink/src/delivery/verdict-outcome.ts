import { delivered, pause, rejected, retry, skipped, type Outcome } from "@bus/core";
import type { Verdict } from "../calls/verdict.ts";
import type { UnitNote, UnitNoteFields } from "./unit-notes.ts";

export type OnInactive = "dead-letter" | "drop" | "retry";

/** How long the lane waits until somebody has let the sink in. */
export const PROBE_AFTER_MS = 60_000;

/** What a verdict means for its trigger. */
export interface Judged {
  readonly outcome: Outcome;
  /** What changes in its note; undefined: nothing. */
  readonly note?: UnitNoteFields;
}

export interface JudgeContext {
  readonly transactionId: string;
  readonly note: UnitNote | undefined;
  /** That it was sent with. */
  readonly epoch: number;
  /** Wall time of the first try that left it open, where there was one. */
  readonly since: number | undefined;
  readonly now: number;
  readonly onInactive: OnInactive;
}

/** What is left of a note once there is nothing to know of the trigger but that it was cancelled. */
export const CLEARED: UnitNoteFields = {
  epoch: undefined,
  since: undefined,
  attempt: undefined,
  reused: undefined,
  accepted: undefined,
  acceptedAt: undefined,
  done: undefined,
};

/** @see docs/spec/teleflow.md#outcome-of-an-answer */
export function judge(verdict: Verdict, context: JudgeContext): Judged {
  const { note, now, since = now } = context;
  // The service may keep an error answer for a day and repeat it to the same key, even to a replay.
  const epoch = context.epoch + 1;
  switch (verdict.kind) {
    case "processed": {
      const info = { status: verdict.status, detail: context.transactionId };
      return { outcome: delivered(info), ...(note && { note: CLEARED }) };
    }
    case "inactive":
      return inactive(verdict.reason, context, { epoch, since });
    case "refused":
      return {
        outcome: rejected(verdict.reason, { status: verdict.status }),
        note: { ...CLEARED, epoch },
      };
    case "impossible":
      return { outcome: rejected(verdict.reason) };
    case "failed":
      return { outcome: again(verdict), note: { epoch, since } };
    case "reused":
      return note?.reused
        ? { outcome: rejected(verdict.reason, { status: 422 }), note: { ...CLEARED, epoch } }
        : { outcome: retry(verdict.reason, { info: { status: 422 } }), note: { epoch, since, reused: true } };
    case "busy":
    case "unknown":
      return { outcome: again(verdict), note: { since } };
    case "unsent":
      return verdict.isFree
        ? { outcome: retry(verdict.reason, { free: true }) }
        : { outcome: again(verdict), note: { since } };
    case "limited":
      return { outcome: pause(verdict.reason, { probeAfterMs: verdict.afterMs, info: { status: 429 } }) };
    case "closed": {
      const { reason, status } = verdict;
      return { outcome: pause(reason, { probeAfterMs: PROBE_AFTER_MS, info: { status } }), note: { epoch } };
    }
  }
}

function inactive(reason: string, { note, onInactive }: JudgeContext, next: UnitNoteFields): Judged {
  switch (onInactive) {
    case "retry":
      return { outcome: retry(reason), note: next };
    case "dead-letter":
      return { outcome: rejected(reason), note: { ...CLEARED, epoch: next.epoch } };
    case "drop":
      // Nobody wants to hear of it again: as many notes as events would pile up.
      return { outcome: skipped(reason), ...(note && { note: CLEARED }) };
  }
}

function again(verdict: { readonly reason: string; readonly status?: number; readonly afterMs?: number }): Outcome {
  const { reason, status, afterMs } = verdict;
  return retry(reason, {
    ...(status !== undefined && { info: { status } }),
    ...(afterMs !== undefined && { afterMs }),
  });
}
