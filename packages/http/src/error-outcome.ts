import { BusError, rejected, retry, type BusErrorCode, type Outcome } from "@bus/core";

/** Faults of the target's own configuration: trying again finds the same. */
const FINAL: readonly BusErrorCode[] = ["BUS_HEADER_INVALID", "BUS_URL_INVALID"];

/** Not the error's own words: where a name of the host's network leads is not for a customer to read. */
const NOT_PUBLIC = "The target has no public address, and is not allowed.";

/** Faults whose message is ours, and so free of URLs, headers and bodies. */
const WORDED: readonly BusErrorCode[] = [
  "BUS_HTTP_FAILED",
  "BUS_NOT_RUNNING",
  "BUS_OPTION_INVALID",
  "BUS_SECRET_INVALID",
  "BUS_TIMEOUT",
];

/**
 * What a rejected request means for its delivery: a refused address, URL or header is final, all else is retried.
 * The reason is kept and shown, so the message of an error this package does not word stays out of it.
 */
export function outcomeOfError(error: unknown): Outcome {
  if (BusError.is(error, "BUS_ADDRESS_REFUSED")) return rejected(NOT_PUBLIC);
  if (BusError.is(error) && FINAL.includes(error.code)) return rejected(error.message);
  if (BusError.is(error) && WORDED.includes(error.code)) return retry(error.message);
  return retry(`The request failed (${error instanceof Error ? error.name : "unknown error"}).`);
}
