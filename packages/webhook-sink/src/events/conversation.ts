import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { instant, type Instant } from "./instant.ts";
import { conversationMessage, type TrinoConversationMessage } from "./conversation-message.ts";
import { sender, type TrinoSender } from "./sender.ts";

/**
 * A conversation, as part of a message. Keys that are not named here are kept and sent as they are.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export interface TrinoConversation<Time = Instant> {
  /** The number of the conversation within its account. */
  readonly id: TrinoId;
  readonly inbox_id: TrinoId;
  readonly status: "open" | "resolved" | "pending" | "snoozed";
  /** @default the message's */
  readonly account?: TrinoAccount | undefined;
  readonly channel?: string | null | undefined;
  readonly contact_inbox?: TrinoContactInbox<Time> | null | undefined;
  /** Only the latest is sent. */
  readonly messages?: readonly TrinoConversationMessage<Time>[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly meta?: { readonly sender?: TrinoSender | null | undefined } | undefined;
  readonly created_at: Time;
  readonly updated_at: Time;
  readonly last_activity_at: Time;
  readonly waiting_since?: Time | null | undefined;
  readonly agent_last_seen_at?: Time | null | undefined;
  readonly contact_last_seen_at?: Time | null | undefined;
  readonly snoozed_until?: Time | null | undefined;
  readonly first_reply_created_at?: Time | null | undefined;
}

/** The data of `conversation.created`. */
export interface TrinoConversationEvent<Time = Instant> extends TrinoConversation<Time> {
  readonly account: TrinoAccount;
}

/** Sent without any key that is not named here: the desk keeps the contact's credentials in this record. */
export interface TrinoContactInbox<Time = Instant> {
  readonly id: TrinoId;
  readonly contact_id: TrinoId;
  readonly inbox_id: TrinoId;
  readonly source_id: string;
  readonly created_at: Time;
  readonly updated_at: Time;
  readonly hmac_verified: boolean;
}

const contactInbox = z.looseObject({
  id,
  contact_id: id,
  inbox_id: id,
  source_id: z.string(),
  created_at: instant,
  updated_at: instant,
  hmac_verified: z.boolean(),
});

const conversationFields = {
  id,
  inbox_id: id,
  status: z.enum(["open", "resolved", "pending", "snoozed"]),
  account: account.optional(),
  channel: z.string().nullish(),
  contact_inbox: contactInbox.nullish(),
  messages: z.array(conversationMessage).optional(),
  labels: z.array(z.string()).optional(),
  meta: z.looseObject({ sender: sender.nullish() }).optional(),
  created_at: instant,
  updated_at: instant,
  last_activity_at: instant,
  waiting_since: instant.nullish(),
  agent_last_seen_at: instant.nullish(),
  contact_last_seen_at: instant.nullish(),
  snoozed_until: instant.nullish(),
  first_reply_created_at: instant.nullish(),
};

export const conversation: z.ZodType<TrinoConversation, TrinoConversation<Instant | Date>> = z.looseObject(
  conversationFields,
);

export const conversationEvent: z.ZodType<
  TrinoConversationEvent,
  TrinoConversationEvent<Instant | Date>
> = z.looseObject({ ...conversationFields, account });
