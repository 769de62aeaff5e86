import { dataOf, parseResult, type TriggerResult } from "./parse-body.ts";
import { isClosed, isSuccess, type Reply } from "./reply.ts";

/** An answer that is no success. */
interface Answered {
  /** For people. */
  readonly reason: string;
  /** The service's own words, "" for none. */
  readonly words: string;
  readonly status: number;
  /** What the service called it, of a request that it took. */
  readonly result?: string;
}

/** What the service said of one trigger, broadcast included. */
export type Verdict =
  /** It has it. */
  | { readonly kind: "processed"; readonly status: number }
  /** The workflow is switched off, or has no steps that are on. */
  | (Answered & { readonly kind: "inactive" })
  /** It will never take it. */
  | (Answered & { readonly kind: "refused" })
  /** It answered with an error of its own: again, with another idempotency key. */
  | (Answered & { readonly kind: "failed"; readonly afterMs?: number })
  /** It is still at the same request, or was too slow: again, with the same key. */
  | (Answered & { readonly kind: "busy"; readonly afterMs?: number })
  /** It knows the key with another body: again, with another key, once. */
  | (Answered & { readonly kind: "reused" })
  /** No answer: it may have it or not. Again, with the same key. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** The rate limit is used up; no fault of the trigger. */
  | { readonly kind: "limited"; readonly reason: string; readonly afterMs: number }
  /** It lets nobody in, or is not where the URL leads. */
  | (Answered & { readonly kind: "closed" })
  /** A broadcast costs more than the rate limit ever allows. */
  | { readonly kind: "impossible"; readonly reason: string }
  /** It was not sent: it could not be, which uses up an attempt, or it was not tried, for which it is `isFree`. */
  | { readonly kind: "unsent"; readonly reason: string; readonly isFree: boolean };

/** Statuses of a workflow that cannot be triggered as it is now. */
const INACTIVE: ReadonlySet<string> = new Set([
  "trigger_not_active",
  "no_workflow_steps_defined",
  "no_workflow_active_steps_defined",
]);

/** Statuses that the same trigger gets again. */
const REFUSED: ReadonlySet<string> = new Set(["no_tenant_found", "invalid_recipients", "subscriber_id_missing"]);

/**
 * Words by which the service finds fault with the trigger. All others are its own trouble, which it also reports so; "must be connected" is
 * what its database driver says.
 */
const AT_FAULT =
  /workflow_not_found|should not be |must be (?!connected)|payload is missing required key\(s\)|Trigger is missing:|Payload validation failed/;

/** What the idempotency check says of a key that it knows with another body. */
const REUSED = /being reused for a different body/i;

/** Kept with each trigger. */
const LONGEST_REASON = 1_000;

/** What the reply to a trigger or a broadcast says of it. */
export function verdictOfOne(reply: Reply): Verdict {
  if (reply.kind !== "answer" || !isSuccess(reply)) return verdictOfRequest(reply);
  return verdictOfResult(parseResult(dataOf(reply.body)), reply);
}

/** What the reply to a bulk says of each of its triggers, in order. */
export function verdictsOfBulk(reply: Reply, count: number): readonly Verdict[] {
  const results = reply.kind === "answer" && isSuccess(reply) ? dataOf(reply.body) : undefined;
  if (reply.kind === "answer" && Array.isArray(results) && results.length === count) {
    return results.map((result) => verdictOfResult(parseResult(result), reply));
  }
  const verdict = verdictOfRequest(reply);
  return Array.from({ length: count }, () => verdict);
}

/**
 * Whether a trigger of the bulk is at fault, and the reply not one on all of them.
 *
 * @see docs/spec/teleflow.md#outcome-of-an-answer
 */
export function isPoisoned(reply: Reply): reply is Answer {
  return reply.kind === "answer" && verdictOfRequest(reply).kind === "refused";
}

type Answer = Extract<Reply, { kind: "answer" }>;

/** What a reply without results says of all that its request bears. */
function verdictOfRequest(reply: Reply): Verdict {
  if (reply.kind === "none") return { kind: "unknown", reason: reply.reason };
  if (reply.kind === "unsent") return { kind: "unsent", reason: reply.reason, isFree: reply.isFree };
  const { status, words, afterMs } = reply;
  const answered = { reason: reasonOf(reply), words, status };
  const after = afterMs === undefined ? undefined : { afterMs };
  switch (status) {
    case 400:
    case 413:
      return { kind: "refused", ...answered };
    case 422:
      return REUSED.test(words) ? { kind: "reused", ...answered } : { kind: "refused", ...answered };
    case 408:
    case 409:
      return { kind: "busy", ...answered, ...after };
    case 429:
      return { kind: "limited", reason: answered.reason, afterMs: afterMs ?? 0 };
    default:
      return isClosed(reply) ? { kind: "closed", ...answered } : { kind: "failed", ...answered, ...after };
  }
}

function verdictOfResult(result: TriggerResult | undefined, answer: Answer): Verdict {
  const { status } = answer;
  if (result === undefined) return { kind: "failed", reason: reasonOf(answer), words: "", status };
  const { status: said, errors } = result;
  if (said === "processed") return { kind: "processed", status };
  const words = errors.join("; ").slice(0, LONGEST_REASON);
  const reason = `Teleflow answered ${said.slice(0, LONGEST_REASON)}${words === "" ? "." : `: ${words}`}`;
  const answered = { reason, words, status, result: said };
  if (INACTIVE.has(said)) return { kind: "inactive", ...answered };
  const isAtFault = REFUSED.has(said) || (said === "error" && AT_FAULT.test(words));
  return { kind: isAtFault ? "refused" : "failed", ...answered };
}

function reasonOf(answer: Answer): string {
  const { status, words } = answer;
  if (isSuccess(answer)) return `Teleflow answered ${status} without a result for each trigger.`;
  return `Teleflow answered ${status}${words === "" ? "." : `: ${words}`}`;
}
