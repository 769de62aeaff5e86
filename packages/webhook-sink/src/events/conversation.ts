import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { attributes, type TrinoAttributes } from "./attributes.ts";
import { changes, type TrinoChanges } from "./changes.ts";
import { contactInbox, type TrinoContactInbox } from "./contact-inbox.ts";
import { conversationMessage, type TrinoConversationMessage } from "./conversation-message.ts";
import { instant, type Instant } from "./instant.ts";
import { looseObject, type ShapeOf } from "./loose-object.ts";
import { assignee, sender, type TrinoAssignee, type TrinoSender } from "./sender.ts";

/**
 * A conversation, as part of another event.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export interface TrinoConversation<Time = Instant | Date> {
  /** The number of the conversation within its account. */
  readonly id: TrinoId;
  readonly inbox_id: TrinoId;
  readonly status: "open" | "resolved" | "pending" | "snoozed";
  /** @default that of the event */
  readonly account?: TrinoAccount | undefined;
  /** Not read: what is sent is the account's id. */
  readonly account_id?: unknown;
  /** Such as `Channel::WebWidget`. */
  readonly channel?: string | null | undefined;
  readonly can_reply?: boolean | null | undefined;
  readonly contact_inbox?: TrinoContactInbox<Time> | null | undefined;
  /** Only the latest is sent. */
  readonly messages?: readonly TrinoConversationMessage<Time>[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly meta?: TrinoConversationMeta | undefined;
  readonly priority?: "low" | "medium" | "high" | "urgent" | null | undefined;
  readonly unread_count?: number | null | undefined;
  readonly additional_attributes?: TrinoAttributes | null | undefined;
  readonly custom_attributes?: TrinoAttributes | null | undefined;
  readonly created_at: Time;
  readonly updated_at: Time;
  readonly last_activity_at: Time;
  /** Not read: what is sent is `last_activity_at`. */
  readonly timestamp?: unknown;
  readonly waiting_since?: Time | null | undefined;
  readonly agent_last_seen_at?: Time | null | undefined;
  readonly contact_last_seen_at?: Time | null | undefined;
  readonly snoozed_until?: Time | null | undefined;
  readonly first_reply_created_at?: Time | null | undefined;
}

/** Who takes part in a conversation. */
export interface TrinoConversationMeta {
  readonly sender?: TrinoSender | null | undefined;
  readonly assignee?: TrinoAssignee | null | undefined;
  /** Such as `User` or `AgentBot`. */
  readonly assignee_type?: string | null | undefined;
  readonly team?: TrinoTeam | null | undefined;
  /** Whether the contact has proved who it is. */
  readonly hmac_verified?: boolean | null | undefined;
}

/** Users whom a conversation can be assigned to together. */
export interface TrinoTeam {
  readonly id: TrinoId;
  readonly name?: string | null | undefined;
}

/** The data of `conversation.created`. */
export interface TrinoConversationEvent<Time = Instant | Date> extends TrinoConversation<Time> {
  readonly account: TrinoAccount;
}

/** The data of `conversation.updated` and `conversation.status_changed`. */
export interface TrinoConversationUpdated<Time = Instant | Date> extends TrinoConversationEvent<Time> {
  /** Sent as an empty list when null. */
  readonly changed_attributes: TrinoChanges | null;
}

export const team: z.ZodType<TrinoTeam, TrinoTeam> = looseObject({ id, name: z.string().nullish() });

const shape: ShapeOf<TrinoConversation<Instant>, TrinoConversation> = {
  id,
  inbox_id: id,
  status: z.enum(["open", "resolved", "pending", "snoozed"]),
  account: account.optional(),
  account_id: z.unknown().optional(),
  channel: z.string().nullish(),
  can_reply: z.boolean().nullish(),
  contact_inbox: contactInbox.nullish(),
  messages: z.array(conversationMessage).optional(),
  labels: z.array(z.string()).optional(),
  meta: looseObject({
    sender: sender.nullish(),
    assignee: assignee.nullish(),
    assignee_type: z.string().nullish(),
    team: team.nullish(),
    hmac_verified: z.boolean().nullish(),
  }).optional(),
  priority: z.enum(["low", "medium", "high", "urgent"]).nullish(),
  unread_count: z.number().nullish(),
  additional_attributes: attributes.nullish(),
  custom_attributes: attributes.nullish(),
  created_at: instant,
  updated_at: instant,
  last_activity_at: instant,
  timestamp: z.unknown().optional(),
  waiting_since: instant.nullish(),
  agent_last_seen_at: instant.nullish(),
  contact_last_seen_at: instant.nullish(),
  snoozed_until: instant.nullish(),
  first_reply_created_at: instant.nullish(),
};

export const conversation: z.ZodType<TrinoConversation<Instant>, TrinoConversation> = looseObject(shape);

export const conversationEvent: z.ZodType<TrinoConversationEvent<Instant>, TrinoConversationEvent> = looseObject({
  ...shape,
  account,
});

export const conversationUpdated: z.ZodType<TrinoConversationUpdated<Instant>, TrinoConversationUpdated> = looseObject({
  ...shape,
  account,
  changed_attributes: changes.nullable(),
});
