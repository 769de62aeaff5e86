import type { z } from "zod";
import { conversationEvent, type TrinoConversationEvent } from "./conversation.ts";
import type { Instant } from "./instant.ts";
import { message, type TrinoMessage } from "./message.ts";

/**
 * The events this sink understands, for the bus's `events` option: `events: { ...trinoEvents, ...yours }`.
 *
 * Data is what the receivers get, without `event`. Times may be a Date, ISO 8601 or Unix seconds: the sink writes each as its receivers
 * know it.
 */
export const trinoEvents: {
  readonly "message.created": z.ZodType<TrinoMessage, TrinoMessage<Instant | Date>>;
  readonly "conversation.created": z.ZodType<TrinoConversationEvent, TrinoConversationEvent<Instant | Date>>;
} = {
  "message.created": message,
  "conversation.created": conversationEvent,
};
