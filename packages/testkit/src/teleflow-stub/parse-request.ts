import type { IncomingHttpHeaders } from "node:http";
import { bareErrorAnswer, errorAnswer, type Answer } from "./answer.ts";
import type { TeleflowOperation, TeleflowStubTrigger } from "./teleflow-stub.ts";

export interface ParsedBody {
  readonly body: unknown;
  /** What the body parser says, before anyone looks at the path or the key. */
  readonly refused: Answer | undefined;
}

/** Takes what is not declared as JSON for no body at all, as the service's parser does. */
export function parseBody(bytes: Buffer, headers: IncomingHttpHeaders, maxBytes: number): ParsedBody {
  if (bytes.length > maxBytes) return refused(bareErrorAnswer(413, "request entity too large"));
  if (bytes.length === 0 || !/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) return NO_BODY;
  const text = bytes.toString();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return refused(errorAnswer(400, (error as Error).message));
  }
  if (isObject(body) || Array.isArray(body)) return { body, refused: undefined };
  return refused(errorAnswer(400, `Unexpected token ${text.trim()[0] ?? ""} in JSON at position 0`));
}

const NO_BODY: ParsedBody = { body: undefined, refused: undefined };

function refused(answer: Answer): ParsedBody {
  return { body: undefined, refused: answer };
}

/** An element of a bulk that is no object stands in the list as one without fields. */
export function triggersOf(operation: TeleflowOperation, body: unknown): readonly TeleflowStubTrigger[] {
  if (!isObject(body)) return [];
  if (operation === "trigger" || operation === "broadcast") return [body as unknown as TeleflowStubTrigger];
  const { events } = body;
  if (operation !== "bulk" || !Array.isArray(events)) return [];
  if (events.every(isObject)) return events as unknown as readonly TeleflowStubTrigger[];
  return events.map((event: unknown) => (isObject(event) ? event : {})) as unknown as readonly TeleflowStubTrigger[];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
