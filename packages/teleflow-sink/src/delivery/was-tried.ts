import type { DeliveryView } from "@bus/core";

/** As much of it as the bus keeps. */
const FULL_HISTORY = 20;

/** Whether the service may have taken a request for it. A skip was decided without one; a try that has no record ended with its process. */
export function wasTried({ state, attempts, history }: DeliveryView, transactionIds: readonly string[]): boolean {
  // It does not show all tries.
  if (history.length >= FULL_HISTORY) return true;
  // One of several triggers is enough to pause the lane: the others may have been taken.
  const isUntaken = (outcome: string): boolean =>
    outcome === "skipped" || (outcome === "pause" && transactionIds.length === 1);
  if (!history.every(({ outcome }) => isUntaken(outcome))) return true;
  const recorded = state === "skipped" ? 1 : 0;
  return attempts > recorded;
}
