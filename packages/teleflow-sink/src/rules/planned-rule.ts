import type { BusEvent } from "@bus/core";

/** A rule as the sink works with it: a destination of its event type. */
export interface PlannedRule {
  readonly kind: "trigger" | "broadcast" | "cancel";
  /** The destination. Once per event type. */
  readonly id: string;
  /** The event type. */
  readonly on: string;
  /** Of the workflow; empty for a cancel rule. */
  readonly name: string;
  /** The rest as the host wrote it: values, which are checked, and functions of the event, whose results are not. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export function isRuleFunction(value: unknown): value is (event: BusEvent) => unknown {
  return typeof value === "function";
}
