import { z } from "zod";

/** A moment: ISO 8601 with a time zone, or Unix seconds, whole or fractional. */
export type Instant = string | number;

/** Unix seconds of the year 5138, or of 1973 in ms: whoever passes more has passed ms. */
const END_OF_SECONDS = 100_000_000_000;

/** As `Date` writes it. */
const IN_ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const error = "expected a Date, an ISO 8601 string with a time zone, or Unix seconds";

/** Takes a Date too, and makes it ISO 8601. */
export const instant: z.ZodType<Instant, Instant | Date> = z.union(
  [
    z.number().min(0, error).lt(END_OF_SECONDS, error),
    z.iso.datetime({ offset: true, error }),
    z.date().transform((date) => date.toISOString()),
  ],
  { error },
);

/** As the wire has the times of a message, and those of a conversation that may be missing. */
export function toIso(at: Instant): string {
  if (typeof at === "string" && IN_ISO.test(at)) return at;
  return new Date(toMs(at)).toISOString();
}

/** As the wire has most times of a conversation. 0 = none. */
export function toUnixSeconds(at: Instant | null | undefined): number {
  return Math.floor(toFractionalSeconds(at ?? 0));
}

/** As the wire has a conversation's `updated_at`. Numbers keep their microseconds. */
export function toFractionalSeconds(at: Instant): number {
  return typeof at === "number" ? at : toMs(at) / 1000;
}

function toMs(at: Instant): number {
  const ms = typeof at === "number" ? Math.round(at * 1000) : new Date(at).getTime();
  if (Number.isNaN(ms)) throw new RangeError(error);
  return ms;
}
