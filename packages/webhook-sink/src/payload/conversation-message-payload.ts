import type {
  TrinoConversationMessage,
  TrinoMessageConversation,
  TrinoMessageFields,
} from "../events/conversation-message.ts";
import { toIso, toUnixSeconds, type Instant } from "../events/instant.ts";
import { messageContent } from "./message-content.ts";
import { DEFAULT_CONTENT_TYPE, messageTypeNumberOf } from "./message-type.ts";

/** A message inside a conversation: its time and type are numbers. */
export function conversationMessagePayload(message: TrinoConversationMessage<Instant>): object {
  return {
    ...messageBase(message),
    created_at: toUnixSeconds(message.created_at),
    message_type: messageTypeNumberOf(message),
    ...(message.conversation && { conversation: messageConversation(message.conversation) }),
  };
}

/** What does not differ between the message of an event and one inside a conversation. */
export function messageBase(message: TrinoMessageFields<Instant>): object {
  const { attachments, ...rest } = message;
  return {
    ...rest,
    content: messageContent(message.content),
    content_type: message.content_type ?? DEFAULT_CONTENT_TYPE,
    private: message.private ?? false,
    sender: message.sender ?? null,
    ...(message.updated_at && { updated_at: toIso(message.updated_at) }),
    ...(attachments?.length && { attachments }),
  };
}

function messageConversation(conversation: TrinoMessageConversation<Instant>): object {
  const { last_activity_at: at } = conversation;
  return at === undefined ? conversation : { ...conversation, last_activity_at: toUnixSeconds(at) };
}
