import type { TrinoConversationEvent } from "../events/conversation.ts";
import type { TrinoConversationMessage } from "../events/conversation-message.ts";
import { toFractionalSeconds, toIso, toUnixSeconds, type Instant } from "../events/instant.ts";
import { conversationMessagePayload } from "./conversation-message-payload.ts";
import { messageTypeOf } from "./message-type.ts";

/** A conversation, alone or inside a message. @see docs/spec/trino-webhooks.md#rules-of-the-payload */
export function conversationPayload(conversation: TrinoConversationEvent): object {
  const lastActivityAt = toUnixSeconds(conversation.last_activity_at);
  return {
    ...conversation,
    messages: latestOf(conversation.messages ?? []).map(conversationMessagePayload),
    snoozed_until: isoOrNull(conversation.snoozed_until),
    first_reply_created_at: isoOrNull(conversation.first_reply_created_at),
    waiting_since: toUnixSeconds(conversation.waiting_since),
    agent_last_seen_at: toUnixSeconds(conversation.agent_last_seen_at),
    contact_last_seen_at: toUnixSeconds(conversation.contact_last_seen_at),
    last_activity_at: lastActivityAt,
    timestamp: lastActivityAt,
    created_at: toUnixSeconds(conversation.created_at),
    updated_at: toFractionalSeconds(conversation.updated_at),
    account_id: conversation.account.id,
  };
}

/** The latest message that is sent at all; of two of one time, the one that comes later. */
function latestOf(messages: readonly TrinoConversationMessage[]): readonly TrinoConversationMessage[] {
  return messages
    .filter((message) => messageTypeOf(message) !== "activity")
    .toSorted((a, b) => toFractionalSeconds(a.created_at) - toFractionalSeconds(b.created_at))
    .slice(-1);
}

function isoOrNull(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : toIso(at);
}
