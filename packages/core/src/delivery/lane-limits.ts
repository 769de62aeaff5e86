import type { BatchBounds } from "../sink.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";

/** What a claim must have left of its lease beyond one deadline, to be settled in time. */
export const LEASE_MARGIN_MS = 5_000;

/** How much a lane takes on, and for how long. */
export interface LaneLimits {
  /** Deliveries claimed at once. */
  readonly prefetch: number;
  /** Calls that are under way or wait in memory; so many that each begins while its lease lasts. */
  readonly calls: number;
  readonly leaseMs: number;
}

/**
 * A claim may wait for about one deadline before it is sent. A slow rate makes claims wait longer, so that under one fewer are claimed ahead, and
 * the lease takes in the wait for the rate.
 */
export function limitsOf(
  { ordering, concurrency, prefetch = Infinity, rate, timeoutMs }: ResolvedPolicy,
  { maxItems }: BatchBounds,
): LaneLimits {
  const waitMs = timeoutMs + LEASE_MARGIN_MS;
  const callsInTime = rate ? rate.limit * Math.ceil(waitMs / rate.perMs) : Infinity;
  const wanted = prefetch === Infinity ? 2 * concurrency * maxItems : Math.max(prefetch, maxItems);
  const most = ordering === "lane" ? maxItems : Math.min(wanted, callsInTime * maxItems);
  const calls = Math.ceil(most / maxItems);
  const rateWaitMs = rate ? Math.ceil(calls / rate.limit) * rate.perMs : 0;
  return {
    prefetch: most,
    calls,
    leaseMs: rateWaitMs + waitMs + timeoutMs + LEASE_MARGIN_MS,
  };
}
