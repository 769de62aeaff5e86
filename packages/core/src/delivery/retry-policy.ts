import type { RetryPolicy } from "../sink.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The longest wait between two attempts, whatever a receiver asks for. */
export const LONGEST_WAIT_MS: number = 24 * HOUR;

/** The schedule the operators of Standard Webhooks use: about three days in all. */
export const DEFAULT_RETRY: RetryPolicy = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** The wait before a retry that is free under a schedule that has none. */
const UNSCHEDULED_MS = 5 * SECOND;

/** How many tries a delivery has before it is a dead letter. */
export function attemptsOf(policy: RetryPolicy): number {
  return "attempts" in policy ? policy.attempts : policy.length + 1;
}

/**
 * How long to wait after the given attempt (1 is the first) failed: the schedule's delay ±20 %, at least `afterMs`, at most 24 h.
 */
export function backoff(policy: RetryPolicy, attempt: number, random: () => number, afterMs = 0): number {
  const delayMs =
    "attempts" in policy
      ? Math.min(policy.baseMs * policy.factor ** (attempt - 1), policy.maxMs)
      : (policy[Math.min(attempt, policy.length) - 1] ?? UNSCHEDULED_MS);
  const jittered = delayMs * (0.8 + 0.4 * random());
  return Math.round(Math.min(Math.max(jittered, afterMs), LONGEST_WAIT_MS));
}
