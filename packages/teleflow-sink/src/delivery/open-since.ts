import { rejected, type Delivery, type Outcome } from "@bus/core";
import type { UnitNote } from "./unit-notes.ts";

/** The service knows an id again for about 48 h: what is sent later than this might arrive twice. */
const LONGEST_OPEN_MS = 36 * 3_600_000;

/**
 * Wall time of the first try that left it open, where there was one. Without a note the last try ended with its process, and nobody knows when the
 * first was. A replay counts its tries anew, and the time too.
 */
export function openSince({ attempt, event }: Delivery, note: UnitNote | undefined): number | undefined {
  if (!note) return attempt === 1 ? undefined : Date.parse(event.time);
  return attempt < (note.attempt ?? 2) ? undefined : note.since;
}

/** The end of what has been open for too long; undefined while it may be sent. */
export function endOfOpen(since: number | undefined, now: number): Outcome | undefined {
  if (since === undefined || now - since < LONGEST_OPEN_MS) return undefined;
  return rejected(
    `It is not sent again: it has failed for 36 hours, since ${new Date(since).toISOString()}, and the service knows an id again for about 48 only. Replay it to send it all the same.`,
  );
}
