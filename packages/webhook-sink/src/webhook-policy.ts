import type { DeliveryPolicy } from "@bus/core";
import type { ParsedSettings } from "./webhook-settings.ts";

/** How much longer than its deadline an attempt may take, so that it says itself what came of it. */
const GRACE_MS = 5_000;

/** How long the engine gives an attempt of this deadline. */
export function timeoutMsOf(deadlineMs: number): number {
  return deadlineMs + GRACE_MS;
}

/** What the settings change of the sink's policy. */
export function policyOf({ rate, concurrency, deadlineMs }: ParsedSettings): DeliveryPolicy | undefined {
  if (rate === undefined && concurrency === undefined && deadlineMs === undefined) return undefined;
  return Object.freeze({
    ...(rate && { rate }),
    ...(concurrency !== undefined && { concurrency }),
    ...(deadlineMs !== undefined && { timeoutMs: timeoutMsOf(deadlineMs) }),
  });
}
