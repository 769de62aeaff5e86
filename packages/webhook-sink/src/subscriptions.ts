/** The event types that can have webhooks, and their names on the wire. @see docs/spec/trino-webhooks.md#events */
export const WIRE_NAMES = {
  "conversation.created": "conversation_created",
  "conversation.updated": "conversation_updated",
  "conversation.status_changed": "conversation_status_changed",
  "message.created": "message_created",
  "message.updated": "message_updated",
  "webwidget.triggered": "webwidget_triggered",
  "conversation.typing_on": "conversation_typing_on",
  "conversation.typing_off": "conversation_typing_off",
  "contact.created": "contact_created",
  "contact.updated": "contact_updated",
  "inbox.created": "inbox_created",
  "inbox.updated": "inbox_updated",
} as const;

/** What an endpoint can subscribe to. */
export type Subscription = (typeof WIRE_NAMES)[keyof typeof WIRE_NAMES];

const ALL: readonly unknown[] = Object.values(WIRE_NAMES);

/** The eight that an endpoint gets without asking. */
export const DEFAULT_SUBSCRIPTIONS: readonly Subscription[] = Object.values(WIRE_NAMES).filter(
  (name) => !name.startsWith("conversation_typing_") && !name.startsWith("inbox_"),
);

export function isWebhookEvent(type: string): type is keyof typeof WIRE_NAMES {
  return Object.hasOwn(WIRE_NAMES, type);
}

/** Whether an endpoint may subscribe to just this: at least one of the twelve, and nothing else. */
export function areSubscriptions(value: unknown): value is readonly Subscription[] {
  return Array.isArray(value) && value.length > 0 && value.every((name) => ALL.includes(name));
}
