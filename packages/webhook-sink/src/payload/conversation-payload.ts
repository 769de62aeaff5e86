import type { TrinoContactInbox } from "../events/contact-inbox.ts";
import type { TrinoConversationEvent } from "../events/conversation.ts";
import type { TrinoConversationMessage } from "../events/conversation-message.ts";
import { toFractionalSeconds, toIso, toUnixSeconds, type Instant } from "../events/instant.ts";
import { conversationMessagePayload } from "./conversation-message-payload.ts";
import { messageTypeOf } from "./message-type.ts";

/** A conversation, alone or inside another event. @see docs/spec/trino-webhooks.md#rules-of-the-payload */
export function conversationPayload(conversation: TrinoConversationEvent<Instant>): object {
  const { contact_inbox: contactInbox, messages = [], account } = conversation;
  const latest = latestOf(messages);
  const lastActivityAt = toUnixSeconds(conversation.last_activity_at);
  return {
    ...conversation,
    ...(contactInbox && { contact_inbox: contactInboxPayload(contactInbox) }),
    messages: latest ? [conversationMessagePayload(latest)] : [],
    snoozed_until: isoOrNull(conversation.snoozed_until),
    first_reply_created_at: isoOrNull(conversation.first_reply_created_at),
    waiting_since: toUnixSeconds(conversation.waiting_since),
    agent_last_seen_at: toUnixSeconds(conversation.agent_last_seen_at),
    contact_last_seen_at: toUnixSeconds(conversation.contact_last_seen_at),
    last_activity_at: lastActivityAt,
    timestamp: lastActivityAt,
    created_at: toUnixSeconds(conversation.created_at),
    updated_at: toFractionalSeconds(conversation.updated_at),
    account_id: account.id,
  };
}

/** Its public keys: the others never leave. */
function contactInboxPayload(contactInbox: TrinoContactInbox<Instant>): TrinoContactInbox<Instant> {
  const { id, contact_id, inbox_id, source_id, created_at, updated_at, hmac_verified } = contactInbox;
  return {
    id,
    contact_id,
    inbox_id,
    source_id,
    created_at: toIso(created_at),
    updated_at: toIso(updated_at),
    hmac_verified,
  };
}

/** The latest message that is sent at all; of two of one time, the one that comes later. */
function latestOf(
  messages: readonly TrinoConversationMessage<Instant>[],
): TrinoConversationMessage<Instant> | undefined {
  let latest: TrinoConversationMessage<Instant> | undefined;
  let latestAt = -Infinity;
  for (const message of messages) {
    const at = toFractionalSeconds(message.created_at);
    if (at < latestAt || messageTypeOf(message) === "activity") continue;
    latest = message;
    latestAt = at;
  }
  return latest;
}

function isoOrNull(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : toIso(at);
}
