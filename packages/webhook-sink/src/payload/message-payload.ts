import { toIso, type Instant } from "../events/instant.ts";
import type { TrinoMessage } from "../events/message.ts";
import { messageBase } from "./conversation-message-payload.ts";
import { conversationPayload } from "./conversation-payload.ts";
import { messageTypeOf } from "./message-type.ts";

/** The message of an event. @see docs/spec/trino-webhooks.md#rules-of-the-payload */
export function messagePayload(message: TrinoMessage<Instant>): object {
  const { account, conversation } = message;
  return {
    ...messageBase(message),
    conversation: conversationPayload({ ...conversation, account: conversation.account ?? account }),
    created_at: toIso(message.created_at),
    message_type: messageTypeOf(message),
  };
}
