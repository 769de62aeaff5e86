import type { z } from "zod";
import { contactCreated, contactUpdated, type TrinoContactCreated, type TrinoContactUpdated } from "./contact.ts";
import {
  conversationEvent,
  conversationUpdated,
  type TrinoConversationEvent,
  type TrinoConversationUpdated,
} from "./conversation.ts";
import { inboxCreated, inboxUpdated, type TrinoInboxCreated, type TrinoInboxUpdated } from "./inbox.ts";
import type { Instant } from "./instant.ts";
import { message, type TrinoMessage } from "./message.ts";
import { typing, type TrinoTyping } from "./typing.ts";
import { webwidget, type TrinoWebwidget } from "./webwidget.ts";

/**
 * The events this sink understands, for the bus's `events` option: `events: { ...trinoEvents, ...yours }`.
 *
 * Data is what the receivers get, without `event`. Times may be a Date, ISO 8601 or Unix seconds: the sink writes each as its receivers
 * know it. Keys that the types do not name are kept at every level; in a literal they do not compile, as a typo would not: pass a variable,
 * spread one (`{ ...mine, id }`), or extend the interface.
 */
export const trinoEvents: {
  readonly "conversation.created": z.ZodType<TrinoConversationEvent<Instant>, TrinoConversationEvent>;
  readonly "conversation.updated": z.ZodType<TrinoConversationUpdated<Instant>, TrinoConversationUpdated>;
  readonly "conversation.status_changed": z.ZodType<TrinoConversationUpdated<Instant>, TrinoConversationUpdated>;
  readonly "message.created": z.ZodType<TrinoMessage<Instant>, TrinoMessage>;
  readonly "message.updated": z.ZodType<TrinoMessage<Instant>, TrinoMessage>;
  readonly "webwidget.triggered": z.ZodType<TrinoWebwidget<Instant>, TrinoWebwidget>;
  readonly "conversation.typing_on": z.ZodType<TrinoTyping<Instant>, TrinoTyping>;
  readonly "conversation.typing_off": z.ZodType<TrinoTyping<Instant>, TrinoTyping>;
  readonly "contact.created": z.ZodType<TrinoContactCreated, TrinoContactCreated>;
  readonly "contact.updated": z.ZodType<TrinoContactUpdated, TrinoContactUpdated>;
  readonly "inbox.created": z.ZodType<TrinoInboxCreated, TrinoInboxCreated>;
  readonly "inbox.updated": z.ZodType<TrinoInboxUpdated, TrinoInboxUpdated>;
} = {
  "conversation.created": conversationEvent,
  "conversation.updated": conversationUpdated,
  "conversation.status_changed": conversationUpdated,
  "message.created": message,
  "message.updated": message,
  "webwidget.triggered": webwidget,
  "conversation.typing_on": typing,
  "conversation.typing_off": typing,
  "contact.created": contactCreated,
  "contact.updated": contactUpdated,
  "inbox.created": inboxCreated,
  "inbox.updated": inboxUpdated,
};
