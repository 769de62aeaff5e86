import { STATUS_CODES } from "node:http";
import { errorAnswer, jsonAnswer, withHeaders, type Answer } from "./answer.ts";
import type { TeleflowRequestFault } from "./teleflow-faults.ts";

type StatusFault = Extract<TeleflowRequestFault, { kind: "status" }>;

/** A fault of the service itself, behind its idempotency store. */
export type FaultWithin = Extract<TeleflowRequestFault, { kind: "latency" | "results" }> | StatusFault;

/** Of the statuses, those that come from behind the store; the others are said by guards and gateways before it. */
export function isWithin(fault: TeleflowRequestFault): fault is FaultWithin {
  if (fault.kind !== "status") return fault.kind === "latency" || fault.kind === "results";
  return fault.json !== false && (fault.status === 400 || fault.status === 422 || fault.status >= 500);
}

export async function answerWithin(
  fault: FaultWithin,
  operate: () => Answer,
  wait: (ms: number) => Promise<void>,
): Promise<Answer> {
  if (fault.kind === "latency") await wait(fault.ms);
  if (fault.kind !== "status") return fault.kind === "results" ? withResults(operate(), fault.count) : operate();
  if (fault.accepts) operate();
  return statusAnswer(fault);
}

/** What reaches the client instead of an answer; undefined if nothing does. */
export function answerBefore(fault: TeleflowRequestFault): Answer | undefined {
  if (fault.kind === "status") return statusAnswer(fault);
  if (fault.kind !== "body") return undefined;
  return { status: fault.status, contentType: fault.contentType ?? "text/html", body: fault.body };
}

function statusAnswer({ status, json = true, message, headers = {} }: StatusFault): Answer {
  const words = message ?? STATUS_CODES[status] ?? "Unknown";
  if (json) return errorAnswer(status, words, headers);
  const body = `<html><head><title>${status} ${String(words)}</title></head></html>`;
  return { status, contentType: "text/html", body, headers };
}

/** Results are left out at the end, or come again from the first on. An answer without a list of them stays as it is. */
function withResults(answer: Answer, count: number): Answer {
  const { data } = JSON.parse(answer.body) as { readonly data?: unknown };
  if (!Array.isArray(data) || data.length === 0) return answer;
  const results = Array.from({ length: count }, (_, at) => data[at % data.length] as unknown);
  return withHeaders(jsonAnswer(answer.status, { data: results }), answer.headers ?? {});
}
