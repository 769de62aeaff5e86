import type { BatchBounds } from "../sink.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";

/** What a claim must have left of its lease beyond one deadline, to be settled in time. */
export const LEASE_MARGIN_MS = 5_000;

/** How many times its prefetch a lane may claim while the destination is faster than the store. */
const FASTER_BY = 16;

/** How much a lane takes on, and for how long. */
export interface LaneLimits {
  /** Deliveries claimed at once; so many that the calls which send them begin while their leases last. */
  readonly prefetch: number;
  /** The same while the destination is faster than the store. */
  readonly mostPrefetch: number;
  /** Of a call. */
  readonly maxItems: number;
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
  const atOnce = ordering === "lane" ? 1 : concurrency;
  const wanted = prefetch === Infinity ? 2 * atOnce * maxItems : Math.max(prefetch, maxItems);
  const most = Math.min(wanted, callsInTime * maxItems);
  const calls = Math.ceil(most / maxItems);
  const rateWaitMs = rate ? Math.ceil(calls / rate.limit) * rate.perMs : 0;
  // What the host bounds stays as it is, and a rate is slower than any store. A lane in order cannot tell which of the two it waits for.
  const isBound = ordering === "lane" || prefetch !== Infinity || rate !== undefined;
  return {
    prefetch: most,
    mostPrefetch: isBound ? most : FASTER_BY * most,
    maxItems,
    leaseMs: rateWaitMs + waitMs + timeoutMs + LEASE_MARGIN_MS,
  };
}
