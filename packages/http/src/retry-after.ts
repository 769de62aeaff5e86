const LONGEST_MS = 24 * 60 * 60 * 1000;

/** The three forms of an HTTP date (RFC 9110, 5.6.7). `Date.parse` alone would take "1" or "May" for one. */
const IMF_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * How many ms a `Retry-After` header asks to wait: whole seconds or an HTTP date, at most 24 h.
 * Undefined for anything else, dates of the past included.
 *
 * @param now ms since the epoch
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);

  const waitMs = parseHttpDate(text) - now;
  return waitMs >= 0 ? Math.min(waitMs, LONGEST_MS) : undefined;
}

function parseHttpDate(text: string): number {
  if (ASCTIME_DATE.test(text)) return Date.parse(`${text} GMT`);
  return IMF_DATE.test(text) || RFC850_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
