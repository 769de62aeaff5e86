import { z } from "zod";
import { id, type TrinoId } from "./account.ts";
import { instant, type Instant } from "./instant.ts";
import { sender, type TrinoSender } from "./sender.ts";

/** A message inside a conversation; also what the message of an event has in common with it. */
export interface TrinoConversationMessage<Time = Instant> {
  readonly id: TrinoId;
  /** Null for a message of attachments only. */
  readonly content?: string | null | undefined;
  /** By name or number. `activity` messages are not sent. */
  readonly message_type: MessageType | MessageTypeNumber;
  /** @default "text" */
  readonly content_type?: string | null | undefined;
  readonly created_at: Time;
  /** True for a private note. @default false */
  readonly private?: boolean | undefined;
  readonly sender?: TrinoSender | null | undefined;
  /** Not sent when empty. */
  readonly attachments?: readonly object[] | null | undefined;
}

export type MessageType = "incoming" | "outgoing" | "activity" | "template";
/** The place of the name in {@link MessageType}. */
export type MessageTypeNumber = 0 | 1 | 2 | 3;

type Shape = {
  readonly [Field in keyof TrinoConversationMessage]-?: z.ZodType<
    TrinoConversationMessage[Field],
    TrinoConversationMessage<Instant | Date>[Field]
  >;
};

export const messageShape: Shape = {
  id,
  content: z.string().nullish(),
  message_type: z.union([z.enum(["incoming", "outgoing", "activity", "template"]), z.literal([0, 1, 2, 3])], {
    error: "expected incoming, outgoing, activity or template, or its number from 0 to 3",
  }),
  content_type: z.string().nullish(),
  created_at: instant,
  private: z.boolean().optional(),
  sender: sender.nullish(),
  attachments: z.array(z.looseObject({})).nullish(),
};

export const conversationMessage: z.ZodType<
  TrinoConversationMessage,
  TrinoConversationMessage<Instant | Date>
> = z.looseObject(messageShape);
