import { skipped, type DeliveryView, type Outcome } from "@bus/core";

const REASON = "It was cancelled.";

/** Of what a cancellation came before. */
export const CANCELLED: Outcome = skipped(REASON);

/** Whether a cancellation came before it was sent at all. */
export function isSuppressed({ state, reason }: DeliveryView): boolean {
  return state === "skipped" && reason === REASON;
}
