import { STATUSES } from "../calls/parse-body.ts";
import { isSuccess } from "../calls/reply.ts";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import type { TeleflowResult, TeleflowStatus } from "../teleflow-calls.ts";
import type { Said } from "./said.ts";

/** What came of these triggers together, of which the service said this. */
export function resultOf(triggers: readonly WireTrigger[], said: readonly Said[]): TeleflowResult {
  const statuses = said.map(statusOf);
  const [first = "unknown"] = statuses;
  const status = statuses.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one), first);
  const reasons = new Set(said.flatMap((one) => ("reason" in one ? [wordsOf(one)] : [])));
  return {
    status,
    transactionIds: triggers.map(({ transactionId }) => transactionId),
    ...(reasons.size > 0 && { error: [...reasons] }),
  };
}

/** Whether the service has looked at the trigger, whatever it says of it: alone or among others, it says the same in another way. */
export function isAnswered(said: Said): boolean {
  if (said.kind === "processed" || said.kind === "inactive" || said.kind === "refused") return true;
  return "status" in said && isSuccess(said);
}

/** What the service says of the trigger, or the sink of the request. */
function wordsOf(said: Exclude<Said, { readonly kind: "processed" }>): string {
  return isAnswered(said) && "words" in said && said.words !== "" ? said.words : said.reason;
}

function statusOf(said: Said): TeleflowResult["status"] {
  if (said.kind === "processed") return "processed";
  if (said.kind === "unknown") return "unknown";
  if (!isAnswered(said)) return "failed";
  if (said.kind === "refused" && said.result === undefined) return "error";
  const status = "result" in said ? said.result : undefined;
  return status !== undefined && isStatus(status) ? status : "unknown";
}

function isStatus(status: string): status is TeleflowStatus {
  return STATUSES.has(status);
}

function rankOf(status: TeleflowResult["status"]): number {
  if (status === "unknown") return 3;
  if (status === "failed") return 2;
  return status === "processed" ? 0 : 1;
}
