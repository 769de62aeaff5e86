import { z } from "zod";
import { conversationEvent, type TrinoConversationEvent } from "./conversation.ts";
import type { Instant } from "./instant.ts";
import { looseObject } from "./loose-object.ts";
import { sender, type TrinoSender } from "./sender.ts";

/** The data of `conversation.typing_on` and `conversation.typing_off`. */
export interface TrinoTyping<Time = Instant | Date> {
  readonly conversation: TrinoConversationEvent<Time>;
  /** Who types: contacts do, too. */
  readonly user: TrinoSender;
  /** True for a private note. @default false */
  readonly is_private?: boolean | undefined;
}

export const typing: z.ZodType<TrinoTyping<Instant>, TrinoTyping> = looseObject({
  conversation: conversationEvent,
  user: sender,
  is_private: z.boolean().optional(),
});
