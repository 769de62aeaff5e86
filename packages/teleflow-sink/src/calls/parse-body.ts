import type { Secrets } from "@bus/http";
import type { TeleflowStatus } from "../teleflow-calls.ts";
import { isRecord } from "../is-record.ts";

/** What the service says of one trigger. */
export interface TriggerResult {
  readonly status: string;
  /** In its own words, where it has any. */
  readonly errors: readonly string[];
}

/** What the service is known to say of a trigger. */
export const STATUSES: ReadonlySet<string> = new Set<TeleflowStatus>([
  "processed",
  "trigger_not_active",
  "no_workflow_steps_defined",
  "no_workflow_active_steps_defined",
  "no_tenant_found",
  "subscriber_id_missing",
  "invalid_recipients",
  "error",
]);

const decoder = new TextDecoder();

/** Undefined for what is no JSON. Its texts are without secrets, but for the ids of triggers, which are only compared: they are never to be shown. */
export function parseBody(bytes: Uint8Array, secrets: Secrets): unknown {
  if (bytes.length === 0) return undefined;
  const hidden = (key: string, value: unknown): unknown => {
    const isKept = key === "transactionId" || (key === "status" && typeof value === "string" && STATUSES.has(value));
    return typeof value === "string" && !isKept ? secrets.hide(value) : value;
  };
  try {
    return JSON.parse(decoder.decode(bytes), hidden);
  } catch {
    return undefined;
  }
}

/** What a 2xx is about: every such body is wrapped. */
export function dataOf(body: unknown): unknown {
  return isRecord(body) ? body["data"] : undefined;
}

/** Undefined for what is none. */
export function parseResult(value: unknown): TriggerResult | undefined {
  if (!isRecord(value)) return undefined;
  const { status, error } = value;
  return typeof status === "string" ? { status, errors: textsOf(error) } : undefined;
}

/** The messages of an error answer, none where it has no words. `error` alone is but the name of the status. */
export function messagesOf(body: unknown): readonly string[] {
  if (!isRecord(body)) return [];
  const messages = textsOf(body["message"]);
  return messages.length > 0 ? messages : textsOf(body["error"]);
}

function textsOf(value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.filter((text) => typeof text === "string" && text !== "") as string[];
}
