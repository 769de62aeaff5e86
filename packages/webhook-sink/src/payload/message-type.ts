import type { MessageType, MessageTypeNumber, TrinoMessageFields } from "../events/conversation-message.ts";
import type { Instant } from "../events/instant.ts";

/** In the order of the desk's numbers. */
const TYPES = ["incoming", "outgoing", "activity", "template"] as const;

/** Contents that the desk renders from a template, whoever sent them. */
const TEMPLATE_CONTENTS = new Set(["input_select", "cards", "form"]);

export const DEFAULT_CONTENT_TYPE = "text";

/** The type by name, as the message of an event has it. */
export function messageTypeOf(message: TrinoMessageFields<Instant>): MessageType {
  const { message_type: given, content_type: contentType } = message;
  if (isActivity(given)) return "activity";
  if (TEMPLATE_CONTENTS.has(contentType ?? DEFAULT_CONTENT_TYPE)) return "template";
  return typeof given === "number" ? TYPES[given] : given;
}

/** A message of the desk itself, such as that a conversation was assigned. */
export function isActivity(type: MessageType | MessageTypeNumber): boolean {
  return type === "activity" || TYPES[Number(type)] === "activity";
}

/** The type by number, as a message inside a conversation has it. */
export function messageTypeNumberOf(message: TrinoMessageFields<Instant>): number {
  return TYPES.indexOf(messageTypeOf(message));
}
