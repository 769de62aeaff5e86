import type { z } from "zod";
import type { TrinoChanges } from "../events/changes.ts";
import type { MessageType, MessageTypeNumber } from "../events/conversation-message.ts";
import type { trinoEvents } from "../events/trino-events.ts";
import { WIRE_NAMES } from "../subscriptions.ts";
import { changesPayload } from "./changes-payload.ts";
import { conversationPayload } from "./conversation-payload.ts";
import { messagePayload } from "./message-payload.ts";
import { isActivity } from "./message-type.ts";
import { typingPayload } from "./typing-payload.ts";
import { webwidgetPayload } from "./webwidget-payload.ts";
import { withoutCredentials } from "./without-credentials.ts";

type Events = typeof trinoEvents;

/** How the data of an event is written, but for what all events have. */
const PAYLOADS: { readonly [Type in keyof Events]: (data: z.output<Events[Type]>) => object } = {
  "conversation.created": conversationPayload,
  "conversation.updated": conversationPayload,
  "conversation.status_changed": conversationPayload,
  "message.created": messagePayload,
  "message.updated": messagePayload,
  "webwidget.triggered": webwidgetPayload,
  "conversation.typing_on": typingPayload,
  "conversation.typing_off": typingPayload,
  "contact.created": asItIs,
  "contact.updated": asItIs,
  "inbox.created": asItIs,
  "inbox.updated": asItIs,
};

/** What is read of the data here. */
interface Told {
  readonly message_type: MessageType | MessageTypeNumber;
  readonly changed_attributes?: TrinoChanges | null;
}

/** The events that say what changed. Of those that are true, one without a change is not sent. */
const UPDATES: ReadonlyMap<keyof Events, boolean> = new Map([
  ["conversation.updated", false],
  ["conversation.status_changed", false],
  ["contact.updated", true],
  ["inbox.updated", true],
]);

/** Why an event is sent to no webhook, whatever its type; undefined when it is sent. It costs far less than the body. */
export function reasonNotSent(type: keyof Events, data: unknown): string | undefined {
  const told = data as Told;
  if (type.startsWith("message.") && isActivity(told.message_type))
    return "Activity messages are not sent to webhooks.";
  if (UPDATES.get(type) && changesPayload(told.changed_attributes).length === 0)
    return "Updates without a change are not sent to webhooks.";
  return undefined;
}

/**
 * The body of an event as an object. The data is trusted, for it was checked when it was published: where the host has turned that off, this may
 * throw.
 */
export function payloadOf(type: keyof Events, data: unknown): object {
  const payload = (PAYLOADS[type] as (data: unknown) => object)(data);
  const changes = UPDATES.has(type) ? changesPayload((data as Told).changed_attributes) : undefined;
  return withoutCredentials({ ...payload, changed_attributes: changes, event: WIRE_NAMES[type] });
}

function asItIs(data: object): object {
  return data;
}
