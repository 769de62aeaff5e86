import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { conversation, type TrinoConversation } from "./conversation.ts";
import type { Instant } from "./instant.ts";
import { messageShape, type TrinoConversationMessage } from "./conversation-message.ts";

/**
 * The data of `message.created`. Keys that are not named here are kept and sent as they are.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export interface TrinoMessage<Time = Instant> extends TrinoConversationMessage<Time> {
  readonly account: TrinoAccount;
  readonly conversation: TrinoConversation<Time>;
  readonly inbox: { readonly id: TrinoId; readonly name?: string | null | undefined };
}

export const message: z.ZodType<TrinoMessage, TrinoMessage<Instant | Date>> = z.looseObject({
  ...messageShape,
  account,
  conversation,
  inbox: z.looseObject({ id, name: z.string().nullish() }),
});
