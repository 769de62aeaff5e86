import { BusError, type BusErrorCode } from "@bus/core";

export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** In seconds. */
  readonly retryAfter?: number;
}

/** For what is our fault: callers are not told which. */
export const INTERNAL: Refusal = { status: 500, message: "Internal error" };

/** The caller has sent what cannot be published: data that does not fit, or ids that cannot be ids. */
const INVALID = new Set<BusErrorCode>(["BUS_EVENT_INVALID", "BUS_OPTION_INVALID"]);
/** Nothing was recorded, and the same request may do later. */
const LATER = new Set<BusErrorCode>(["BUS_BACKLOG_FULL", "BUS_NOT_RUNNING", "BUS_STORE_FULL", "BUS_STORE_LOCKED"]);

/** What a caller is told of an error of `publish`; undefined: it is not the bus's, or not for callers. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!BusError.is(error)) return undefined;
  if (INVALID.has(error.code)) return { status: 422, message: error.message };
  if (LATER.has(error.code)) return { status: 503, message: "Not now: try again later", retryAfter: 10 };
  return undefined;
}
