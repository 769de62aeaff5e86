import type { AttemptInfo, Outcome } from "../outcome.ts";

/** What breaks the contract in what a sink returned, which a sink in JavaScript may; undefined when nothing does. */
export function outcomesFault(outcomes: unknown, count: number): string | undefined {
  if (!Array.isArray(outcomes)) return "it returned no list";
  if (outcomes.length !== count) return `it returned ${outcomes.length} outcomes for ${count} deliveries`;
  const wrong = outcomes.findIndex((outcome) => !isOutcome(outcome));
  return wrong === -1 ? undefined : `item ${wrong} of what it returned is no outcome`;
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== "object" || value === null) return false;
  const { kind, reason, afterMs, probeAfterMs, info } = value as Partial<Record<string, unknown>>;
  if (!isInfo(info)) return false;
  switch (kind) {
    case "delivered":
      return true;
    case "retry":
      return typeof reason === "string" && (afterMs === undefined || isWait(afterMs));
    case "pause":
      return typeof reason === "string" && isWait(probeAfterMs);
    case "skipped":
    case "rejected":
    case "disable":
      return typeof reason === "string";
    default:
      return false;
  }
}

function isInfo(value: unknown): value is AttemptInfo | undefined {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  const { status, detail } = value as Partial<Record<string, unknown>>;
  return (status === undefined || Number.isSafeInteger(status)) && (detail === undefined || typeof detail === "string");
}

const isWait = (value: unknown): boolean => typeof value === "number" && !Number.isNaN(value);
