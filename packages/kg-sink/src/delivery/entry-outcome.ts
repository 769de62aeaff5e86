import { delivered, pause, rejected, retry, type Outcome } from "@bus/core";
import type { ParsedEntry } from "./parse-answer.ts";

/** How long the lane waits until somebody has let the sink in. */
export const PROBE_AFTER_MS = 60_000;

const FORBIDDEN: readonly number[] = [40101, 40301];
/** Faults of the broker that pass, whatever their words say. */
const PASSING: readonly number[] = [50003, 2];
/** In whose words ever, a record that the broker never takes. */
const TOO_LARGE = /larger than|max\.request\.size|too large/i;
/** Kafka's own code for the same, which Redpanda gives without words. */
const MESSAGE_TOO_LARGE = 10;

/** What the entries of one answer have in common. */
export interface Answered {
  readonly status: number;
  readonly afterMs: number | undefined;
  readonly hide: (words: string) => string;
}

/** @see docs/spec/knowledge-graph.md#the-proxys-answers-one-outcome-per-record */
export function entryOutcome({ code, words, partition, offset }: ParsedEntry, answered: Answered): Outcome {
  const { status, afterMs, hide } = answered;
  if (code === 0) return delivered({ status, ...placeOf(partition, offset) });
  const detail = hide(words);
  const info = { status, ...(detail !== "" && { detail }) };
  const reason = `The proxy did not store the record (${code})${detail === "" ? "." : `: ${detail}`}`;
  if (FORBIDDEN.includes(code)) return pause(reason, { probeAfterMs: PROBE_AFTER_MS, info });
  const isTooLarge = code === MESSAGE_TOO_LARGE || (!PASSING.includes(code) && TOO_LARGE.test(words));
  if (isTooLarge) return rejected(reason, info);
  return retry(reason, { info, ...(afterMs !== undefined && { afterMs }) });
}

function placeOf(partition: unknown, offset: unknown): { readonly detail: string } | undefined {
  if (typeof partition !== "number" || typeof offset !== "number") return undefined;
  return { detail: `partition ${partition}, offset ${offset}` };
}
