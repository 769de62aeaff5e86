import type { Instant } from "../events/instant.ts";
import type { TrinoTyping } from "../events/typing.ts";
import { conversationPayload } from "./conversation-payload.ts";

/** Who types where. @see docs/spec/trino-webhooks.md#rules-of-the-payload */
export function typingPayload(typing: TrinoTyping<Instant>): object {
  return {
    ...typing,
    conversation: conversationPayload(typing.conversation),
    is_private: typing.is_private ?? false,
  };
}
