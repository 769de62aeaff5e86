import { z } from "zod";
import { id, type TrinoId } from "./account.ts";
import { attachment, type TrinoAttachment } from "./attachment.ts";
import { attributes, type TrinoAttributes } from "./attributes.ts";
import { instant, type Instant } from "./instant.ts";
import { looseObject, type ShapeOf } from "./loose-object.ts";
import { sender, type TrinoSender } from "./sender.ts";

/** What the message of an event and one inside a conversation have in common. */
export interface TrinoMessageFields<Time = Instant | Date> {
  readonly id: TrinoId;
  /** Null for a message of attachments only. */
  readonly content?: string | null | undefined;
  /** By name or number. `activity` messages are not sent. */
  readonly message_type: MessageType | MessageTypeNumber;
  /** @default "text" */
  readonly content_type?: ContentType | null | undefined;
  readonly created_at: Time;
  readonly updated_at?: Time | null | undefined;
  /** True for a private note. @default false */
  readonly private?: boolean | undefined;
  /** @default null */
  readonly sender?: TrinoSender | null | undefined;
  /** Not sent when empty. */
  readonly attachments?: readonly TrinoAttachment[] | null | undefined;
  /** The message's id in its channel. */
  readonly source_id?: string | null | undefined;
  readonly additional_attributes?: TrinoAttributes | null | undefined;
  readonly content_attributes?: TrinoAttributes | null | undefined;
}

/** A message inside a conversation. */
export interface TrinoConversationMessage<Time = Instant | Date> extends TrinoMessageFields<Time> {
  readonly account_id?: TrinoId | null | undefined;
  readonly inbox_id?: TrinoId | null | undefined;
  readonly conversation_id?: TrinoId | null | undefined;
  /** `sent`, `delivered`, `read` or `failed`. */
  readonly status?: string | null | undefined;
  /** Such as `Contact`, `User` or `AgentBot`. */
  readonly sender_type?: string | null | undefined;
  readonly sender_id?: TrinoId | null | undefined;
  readonly external_source_ids?: TrinoAttributes | null | undefined;
  readonly processed_message_content?: string | null | undefined;
  readonly sentiment?: TrinoAttributes | null | undefined;
  readonly conversation?: TrinoMessageConversation<Time> | null | undefined;
}

/** What a message inside a conversation repeats of it. */
export interface TrinoMessageConversation<Time = Instant | Date> {
  readonly assignee_id?: TrinoId | null | undefined;
  readonly unread_count?: number | null | undefined;
  readonly last_activity_at?: Time | null | undefined;
  readonly contact_inbox?: { readonly source_id: string } | null | undefined;
}

export type MessageType = "incoming" | "outgoing" | "activity" | "template";
/** The place of the name in {@link MessageType}. */
export type MessageTypeNumber = 0 | 1 | 2 | 3;

/** What kind of content it is; channels may bring others. `input_select`, `cards` and `form` make the message a `template`. */
export type ContentType =
  | "text"
  | "input_text"
  | "input_textarea"
  | "input_email"
  | "input_select"
  | "cards"
  | "form"
  | "article"
  | "incoming_email"
  | "input_csat"
  | (string & {});

const text = z.string().nullish();

export const messageShape: ShapeOf<TrinoMessageFields<Instant>, TrinoMessageFields> = {
  id,
  content: text,
  message_type: z.union([z.enum(["incoming", "outgoing", "activity", "template"]), z.literal([0, 1, 2, 3])], {
    error: "expected incoming, outgoing, activity or template, or its number from 0 to 3",
  }),
  content_type: text,
  created_at: instant,
  updated_at: instant.nullish(),
  private: z.boolean().optional(),
  sender: sender.nullish(),
  attachments: z.array(attachment).nullish(),
  source_id: text,
  additional_attributes: attributes.nullish(),
  content_attributes: attributes.nullish(),
};

export const conversationMessage: z.ZodType<TrinoConversationMessage<Instant>, TrinoConversationMessage> = looseObject({
  ...messageShape,
  account_id: id.nullish(),
  inbox_id: id.nullish(),
  conversation_id: id.nullish(),
  status: text,
  sender_type: text,
  sender_id: id.nullish(),
  external_source_ids: attributes.nullish(),
  processed_message_content: text,
  sentiment: attributes.nullish(),
  conversation: looseObject({
    assignee_id: id.nullish(),
    unread_count: z.number().nullish(),
    last_activity_at: instant.nullish(),
    contact_inbox: looseObject({ source_id: z.string() }).nullish(),
  }).nullish(),
});
