import type { Outcome } from "../outcome.ts";
import type { Attempt, LeasedDelivery, Settlement } from "../store/store.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";
import { attemptsOf, backoff } from "./retry-policy.ts";

/** Bytes that a receiver's words may take up in the store. */
const LONGEST_TEXT = 4096;

/** What an outcome means for the delivery: the answer is recorded, and the schedule decides what comes next. */
export function settlementOf(
  outcome: Outcome,
  delivery: LeasedDelivery,
  { policy, startedAt, now, random }: { policy: ResolvedPolicy; startedAt: number; now: number; random: () => number },
): Settlement {
  const attempt = attemptOf(outcome, startedAt, now);
  const base = {
    id: delivery.id,
    leaseId: delivery.leaseId,
    attempt,
    ...(attempt.reason !== undefined && { reason: attempt.reason }),
  };
  const handedBack: Settlement = { ...base, state: "pending", dueAt: now, isFree: true };
  switch (outcome.kind) {
    case "delivered":
    case "skipped":
      return { ...base, state: outcome.kind };
    case "rejected":
      return { ...base, state: "dead" };
    case "disable":
      return handedBack;
    case "pause":
    case "retry": {
      if (outcome.kind === "pause" && outcome.isFree) return handedBack;
      if (!outcome.isFree && delivery.attempt >= attemptsOf(policy.retry)) return { ...base, state: "dead" };
      const afterMs = outcome.kind === "retry" ? outcome.afterMs : 0;
      const dueAt = now + backoff(policy.retry, delivery.attempt, random, afterMs);
      return { ...base, state: "pending", dueAt, isFree: outcome.isFree };
    }
  }
}

function attemptOf(outcome: Outcome, startedAt: number, now: number): Attempt {
  const { status, detail } = outcome.info ?? {};
  const info = {
    ...(status !== undefined && { status }),
    ...(detail !== undefined && { detail: cut(detail) }),
  };
  return {
    startedAt,
    durationMs: Math.round(now - startedAt),
    outcome: outcome.kind,
    ...("reason" in outcome && { reason: cut(outcome.reason) }),
    ...(outcome.info && { info }),
  };
}

/** The beginning of the text, in whole characters. */
function cut(text: string): string {
  if (text.length * 3 <= LONGEST_TEXT) return text;
  return text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(LONGEST_TEXT)).read);
}
