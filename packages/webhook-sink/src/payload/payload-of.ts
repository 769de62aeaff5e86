import type { z } from "zod";
import type { TrinoChanges } from "../events/changes.ts";
import type { LooseObject } from "../events/loose-object.ts";
import type { trinoEvents } from "../events/trino-events.ts";
import { WIRE_NAMES } from "../subscriptions.ts";
import { changesPayload } from "./changes-payload.ts";
import { conversationPayload } from "./conversation-payload.ts";
import { messagePayload } from "./message-payload.ts";
import { typingPayload } from "./typing-payload.ts";
import { webwidgetPayload } from "./webwidget-payload.ts";
import { withoutCredentials } from "./without-credentials.ts";

type Events = typeof trinoEvents;

/** How the data of an event is written, but for what all events have. */
const PAYLOADS: { readonly [Type in keyof Events]: (data: z.output<Events[Type]>) => LooseObject } = {
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

/** The events that say what changed. Of those that are true, one without a change is not sent. */
const UPDATES: ReadonlyMap<keyof Events, boolean> = new Map([
  ["conversation.updated", false],
  ["conversation.status_changed", false],
  ["contact.updated", true],
  ["inbox.updated", true],
]);

/**
 * The body of an event as an object; a text says why it has none. The data is trusted, for it was checked when it was published: where the host
 * has turned that off, this may throw.
 */
export function payloadOf(type: keyof Events, data: unknown): object | string {
  const payload = (PAYLOADS[type] as (data: unknown) => LooseObject)(data);
  if (type.startsWith("message.") && payload["message_type"] === "activity")
    return "Activity messages are not sent to webhooks.";
  const changes = UPDATES.has(type) ? changesPayload(payload["changed_attributes"] as TrinoChanges | null) : undefined;
  if (UPDATES.get(type) && changes?.length === 0) return "Updates without a change are not sent to webhooks.";
  return withoutCredentials({ ...payload, changed_attributes: changes, event: WIRE_NAMES[type] });
}

function asItIs(data: LooseObject): LooseObject {
  return data;
}
