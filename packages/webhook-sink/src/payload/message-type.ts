import type { MessageType, TrinoConversationMessage } from "../events/conversation-message.ts";

/** In the order of the desk's numbers. */
const TYPES = ["incoming", "outgoing", "activity", "template"] as const;

/** Contents that the desk renders from a template, whoever sent them. */
const TEMPLATE_CONTENTS = new Set(["input_select", "cards", "form"]);

export const DEFAULT_CONTENT_TYPE = "text";

/** The type by name, as the message of an event has it. */
export function messageTypeOf(message: TrinoConversationMessage): MessageType {
  const { message_type: given, content_type: contentType } = message;
  const type = typeof given === "number" ? TYPES[given] : given;
  if (type === "activity") return type;
  return TEMPLATE_CONTENTS.has(contentType ?? DEFAULT_CONTENT_TYPE) ? "template" : type;
}

/** The type by number, as a message inside a conversation has it. */
export function messageTypeNumberOf(message: TrinoConversationMessage): number {
  return TYPES.indexOf(messageTypeOf(message));
}
