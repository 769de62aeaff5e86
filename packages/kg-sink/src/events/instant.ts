import { z } from "zod";

/** A moment: a Date, ISO 8601 with a time zone, or milliseconds since the epoch. Heard, it is the milliseconds. */
export type Instant = Date | string | number;

const error = "expected a Date, an ISO 8601 string with a time zone, or whole milliseconds since the epoch";

export const instant: z.ZodType<number, Instant> = z
  .union([z.int({ error }), z.iso.datetime({ offset: true, error }), z.date({ error })], { error })
  .transform(toEpochMs);

/**
 * As the wire has every time. Of events that were checked it is the number itself; a host that checks none may have published any `Instant`.
 *
 * @throws {RangeError} for what is no moment
 */
export function toEpochMs(at: Instant): number {
  if (typeof at === "number") return at;
  const ms = at instanceof Date ? at.getTime() : Date.parse(at);
  if (Number.isNaN(ms)) throw new RangeError(error);
  return ms;
}

/** Undefined where there is none. */
export function optionalEpochMs(at: Instant | null | undefined): number | undefined {
  return at === null || at === undefined ? undefined : toEpochMs(at);
}
