export { type WebhookEndpoint } from "./endpoint.ts";
export { type TrinoAccount, type TrinoId } from "./events/account.ts";
export { type TrinoContactInbox, type TrinoConversation, type TrinoConversationEvent } from "./events/conversation.ts";
export {
  type MessageType,
  type MessageTypeNumber,
  type TrinoConversationMessage,
} from "./events/conversation-message.ts";
export { type Instant } from "./events/instant.ts";
export { type TrinoMessage } from "./events/message.ts";
export { type TrinoSender } from "./events/sender.ts";
export { trinoEvents } from "./events/trino-events.ts";
export { type WebhookSinkOptions } from "./options.ts";
export { type Subscription } from "./subscriptions.ts";
export { webhookSink } from "./webhook-sink.ts";
