import { rejected, type Delivery, type Outcome } from "@bus/core";
import type { UnitNote, UnitNoteFields } from "./unit-notes.ts";
import type { Judged } from "./verdict-outcome.ts";

const HOUR_MS = 3_600_000;
/** The service knows an id again for about 48 h: what is sent later than this might arrive twice. */
const LONGEST_OPEN_MS = 36 * HOUR_MS;
/** What is older is noted before it is sent. What goes out sooner than that, as nearly all does, costs no note. */
const NOTED_FROM_MS = 24 * HOUR_MS;
/** More than a try takes. */
const LONGEST_TRY_MS = HOUR_MS;

/** Wall time of the first try that left it open, as far as it is noted. A replay counts its tries anew, and the time too. */
export function openSince({ attempt }: Delivery, note: UnitNote | undefined): number | undefined {
  return attempt > triesOf(note) ? note?.since : undefined;
}

/**
 * The same of a delivery of which a try ended with its process, and so without a note. It may have been on its way, at the earliest when the event
 * was published; not if that process was alive when that would have been noted first.
 *
 * @param diedAt wall time until which the process before this one lived at least
 */
export function untoldSince(
  { attempt, event }: Delivery,
  note: UnitNote | undefined,
  diedAt: number | undefined,
): number | undefined {
  if (attempt <= triesOf(note) + 1) return undefined;
  const publishedAt = Date.parse(event.time);
  return (diedAt ?? 0) > publishedAt + NOTED_FROM_MS + LONGEST_TRY_MS ? undefined : publishedAt;
}

/** Whether its age asks for a note before it is sent. */
export function isNotedFirst({ event }: Delivery, now: number): boolean {
  return now - Date.parse(event.time) >= NOTED_FROM_MS;
}

/** What is noted of a try before it is sent. Its own number is not: nobody knows yet whether it counts. */
export function noteOfBegun({ attempt }: Delivery, since: number): UnitNoteFields {
  return { since, attempt: attempt - 1 };
}

/** What is to be noted of a try that was not the last. @param counts whether it uses up an attempt; else the next one is of the same number */
export function noteOfTry(
  { attempt }: Delivery,
  { outcome, note }: Judged,
  { since, counts }: { readonly since: number | undefined; readonly counts: boolean },
): UnitNoteFields | undefined {
  const isOpen = outcome.kind === "retry" || outcome.kind === "pause";
  if (isOpen) return { since, ...note, attempt: counts ? attempt : attempt - 1 };
  return counts ? { ...note, attempt } : note;
}

/** Whether a try uses up an attempt. The engine counts none that a stop cut short. */
export function isCounted(outcome: Outcome | undefined, { aborted }: AbortSignal): boolean {
  return (outcome?.kind === "retry" || outcome?.kind === "pause") && !outcome.isFree && !aborted;
}

/** The end of what has been open for too long; undefined while it may be sent. */
export function endOfOpen({ attempt }: Delivery, since: number | undefined, now: number): Judged | undefined {
  if (since === undefined || now - since < LONGEST_OPEN_MS) return undefined;
  const outcome = rejected(
    `It is not sent again: it has failed for 36 hours, since ${new Date(since).toISOString()}, and the service knows an id again for about 48 only. Replay it to send it all the same.`,
  );
  return { outcome, note: { since, attempt } };
}

/** How many tries of it are noted. */
function triesOf(note: UnitNote | undefined): number {
  return note?.attempt ?? 0;
}
