import type { z } from "zod";
import { account, type TrinoAccount } from "./account.ts";
import { conversation, type TrinoConversation } from "./conversation.ts";
import { messageShape, type TrinoMessageFields } from "./conversation-message.ts";
import { inbox, type TrinoInbox } from "./inbox.ts";
import type { Instant } from "./instant.ts";
import { looseObject } from "./loose-object.ts";

/**
 * The data of `message.created` and `message.updated`.
 *
 * @see docs/spec/trino-webhooks.md#rules-of-the-payload
 */
export interface TrinoMessage<Time = Instant | Date> extends TrinoMessageFields<Time> {
  readonly account: TrinoAccount;
  readonly conversation: TrinoConversation<Time>;
  readonly inbox: TrinoInbox;
}

export const message: z.ZodType<TrinoMessage<Instant>, TrinoMessage> = looseObject({
  ...messageShape,
  account,
  conversation,
  inbox,
});
