import type { Outcome } from "@bus/core";

type Kind = Outcome["kind"];
/** Nothing is lost by these: the delivery is tried again. */
type Later = Extract<Kind, "retry" | "pause">;

/**
 * What a sink may say of each fault: the choices that are left to its author. None of them calls delivered what did not take effect, or gives up what
 * a later try can heal.
 */
export interface FaultOutcomes {
  readonly "204": "delivered" | Later;
  readonly "3xx": Later | "rejected" | "disable";
  readonly "400": Later | "rejected";
  readonly "401": Later | "rejected" | "disable";
  readonly "403": Later | "rejected" | "disable";
  readonly "404": Later | "rejected" | "disable";
  readonly "408": Later;
  readonly "409": Later | "rejected" | "delivered" | "skipped";
  readonly "410": Later | "rejected" | "disable";
  readonly "413": Later | "rejected";
  readonly "422": Later | "rejected";
  readonly "429": Later;
  readonly "5xx": Later;
  readonly refused: Later;
  readonly reset: Later;
  readonly cut: "delivered" | Later;
  /** Until its signal aborts. */
  readonly hang: Later;
  /** Until its signal aborts; "delivered" for a sink that ends by itself when it has seen that the answer says success. */
  readonly drip: "delivered" | Later;
  /** It reads no more than it needs, and ends by itself. */
  readonly huge: "delivered" | Later;
  readonly garbage: "delivered" | Later;
  /** An item refused within an answer that says success. */
  readonly errorInside: Later | "rejected";
}

/** As `@bus/http` has it, of what a sink gets that makes `outcomeOfAnswer` or `outcomeOfError` of what comes of its request. */
export const USUAL_OUTCOMES: FaultOutcomes = {
  "204": "delivered",
  "3xx": "retry",
  "400": "rejected",
  "401": "rejected",
  "403": "rejected",
  "404": "rejected",
  "408": "retry",
  "409": "rejected",
  "410": "rejected",
  "413": "rejected",
  "422": "rejected",
  "429": "retry",
  "5xx": "retry",
  refused: "retry",
  reset: "retry",
  cut: "delivered",
  hang: "retry",
  drip: "retry",
  huge: "delivered",
  garbage: "delivered",
  errorInside: "rejected",
};
