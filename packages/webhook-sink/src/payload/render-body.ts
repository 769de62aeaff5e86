import type { BusEvent } from "@bus/core";
import type { z } from "zod";
import { trinoEvents } from "../events/trino-events.ts";
import { WIRE_NAMES, type Subscription } from "../subscriptions.ts";
import { conversationPayload } from "./conversation-payload.ts";
import { messagePayload } from "./message-payload.ts";
import { messageTypeOf } from "./message-type.ts";
import { withoutCredentials } from "./without-credentials.ts";

/** What is sent for an event, or why nothing is. */
export type Rendering =
  | { readonly kind: "body"; readonly name: Subscription; readonly body: Uint8Array }
  | { readonly kind: "unwanted"; readonly reason: string }
  | { readonly kind: "invalid"; readonly reason: string };

/**
 * Makes the body of an event's webhooks, of nothing but the event: every attempt, endpoint and replay gets the same bytes.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export function renderBody({ type, data }: BusEvent): Rendering {
  switch (type) {
    case "message.created": {
      const parsed = trinoEvents[type].safeParse(data);
      if (!parsed.success) return misfit(type, parsed.error);
      if (messageTypeOf(parsed.data) === "activity") {
        return { kind: "unwanted", reason: "Activity messages are not sent to webhooks." };
      }
      return bodyOf(type, messagePayload(parsed.data));
    }
    case "conversation.created": {
      const parsed = trinoEvents[type].safeParse(data);
      return parsed.success ? bodyOf(type, conversationPayload(parsed.data)) : misfit(type, parsed.error);
    }
    default:
      return { kind: "invalid", reason: `No webhook is defined for "${type}".` };
  }
}

function bodyOf(type: keyof typeof trinoEvents, payload: object): Rendering {
  const name = WIRE_NAMES[type];
  const body = JSON.stringify(withoutCredentials({ ...payload, event: name }));
  return { kind: "body", name, body: new TextEncoder().encode(body) };
}

/** Only for data that was published without a check. */
function misfit(type: string, error: z.ZodError): Rendering {
  const issues = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { kind: "invalid", reason: `The data does not fit "${type}": ${issues.join("; ")}.` };
}
