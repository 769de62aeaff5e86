import type { Secrets } from "./secrets.ts";

/** What the service says of one trigger. */
export interface TriggerResult {
  readonly status: string;
  readonly transactionId: string | undefined;
  /** In its own words, where it has any. */
  readonly errors: readonly string[];
}

const decoder = new TextDecoder();

/** What results are told apart by: not for people to read. */
const KEPT: ReadonlySet<string> = new Set(["status", "transactionId"]);

/** Undefined for what is no JSON. Its texts are without secrets. */
export function parseBody(bytes: Uint8Array, secrets: Secrets): unknown {
  if (bytes.length === 0) return undefined;
  const text = decoder.decode(bytes);
  const hidden = (key: string, value: unknown): unknown =>
    typeof value === "string" && !KEPT.has(key) ? secrets.hide(value) : value;
  try {
    return JSON.parse(text, secrets.mayBeIn(text) ? hidden : undefined);
  } catch {
    return undefined;
  }
}

/** What a 2xx is about: every such body is wrapped. */
export function dataOf(body: unknown): unknown {
  return isObject(body) ? body["data"] : undefined;
}

/** Undefined for what is none. */
export function parseResult(value: unknown): TriggerResult | undefined {
  if (!isObject(value)) return undefined;
  const { status, transactionId, error } = value;
  if (typeof status !== "string") return undefined;
  return {
    status,
    transactionId: typeof transactionId === "string" ? transactionId : undefined,
    errors: textsOf(error),
  };
}

/** The messages of an error answer, none where it has no words. `error` alone is but the name of the status. */
export function messagesOf(body: unknown): readonly string[] {
  if (!isObject(body)) return [];
  const messages = textsOf(body["message"]);
  return messages.length > 0 ? messages : textsOf(body["error"]);
}

function textsOf(value: unknown): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.filter((text) => typeof text === "string" && text !== "") as string[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
