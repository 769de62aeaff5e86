import type { TrinoConversationMessage } from "../events/conversation-message.ts";
import { toUnixSeconds } from "../events/instant.ts";
import { messageContent } from "./message-content.ts";
import { DEFAULT_CONTENT_TYPE, messageTypeNumberOf } from "./message-type.ts";

/** A message inside a conversation: its time and type are numbers. */
export function conversationMessagePayload(message: TrinoConversationMessage): object {
  return {
    ...messageBase(message),
    created_at: toUnixSeconds(message.created_at),
    message_type: messageTypeNumberOf(message),
  };
}

/** What does not differ between the message of an event and one inside a conversation. */
export function messageBase(message: TrinoConversationMessage): object {
  const { attachments, ...rest } = message;
  return {
    ...rest,
    content: messageContent(message.content),
    content_type: message.content_type ?? DEFAULT_CONTENT_TYPE,
    private: message.private ?? false,
    sender: message.sender ?? null,
    ...(attachments?.length && { attachments }),
  };
}
