export { type WebhookEndpoint } from "./endpoint.ts";
export { type TrinoAccount, type TrinoId } from "./events/account.ts";
export {
  type TrinoAttachment,
  type TrinoAudioAttachment,
  type TrinoContactAttachment,
  type TrinoContactAttachmentMeta,
  type TrinoEmbedAttachment,
  type TrinoFallbackAttachment,
  type TrinoFileAttachment,
  type TrinoFileType,
  type TrinoLocationAttachment,
} from "./events/attachment.ts";
export { type TrinoAttributes } from "./events/attributes.ts";
export { type TrinoChange, type TrinoChanges } from "./events/changes.ts";
export { type TrinoContact, type TrinoContactCreated, type TrinoContactUpdated } from "./events/contact.ts";
export { type TrinoContactInbox } from "./events/contact-inbox.ts";
export {
  type TrinoConversation,
  type TrinoConversationEvent,
  type TrinoConversationMeta,
  type TrinoConversationUpdated,
  type TrinoTeam,
} from "./events/conversation.ts";
export {
  type ContentType,
  type MessageType,
  type MessageTypeNumber,
  type TrinoConversationMessage,
  type TrinoMessageConversation,
  type TrinoMessageFields,
} from "./events/conversation-message.ts";
export { type TrinoInbox, type TrinoInboxCreated, type TrinoInboxUpdated } from "./events/inbox.ts";
export { type Instant } from "./events/instant.ts";
export { type TrinoMessage } from "./events/message.ts";
export {
  type TrinoAgentBot,
  type TrinoAssignee,
  type TrinoCaptainAssistant,
  type TrinoSender,
  type TrinoUser,
} from "./events/sender.ts";
export { trinoEvents } from "./events/trino-events.ts";
export { trinoSchemas } from "./events/trino-schemas.ts";
export { type TrinoTyping } from "./events/typing.ts";
export { type TrinoWebwidget, type TrinoWebwidgetInfo } from "./events/webwidget.ts";
export { type WebhookSinkOptions } from "./options.ts";
export { webhooksApi, type WebhooksApi, type WebhooksApiOptions } from "./rest/webhooks-api.ts";
export { type Subscription } from "./subscriptions.ts";
export {
  verifyWebhook,
  type ReceivedHeaders,
  type VerifiedWebhook,
  type VerifyWebhookOptions,
} from "./verify-webhook.ts";
export { type PendingDeliveries } from "./webhook.ts";
export { type WebhookSinkApi } from "./webhook-delivery.ts";
export { type Scalar, type WebhookFilter } from "./webhook-filter.ts";
export { type WebhookSettings } from "./webhook-settings.ts";
export { webhookSink } from "./webhook-sink.ts";
export {
  type NewWebhook,
  type PendingOptions,
  type RotationOptions,
  type WebhookChanges,
  type Webhooks,
  type WebhookTestResult,
  type WebhookView,
  type WebhookWithSecret,
} from "./webhooks.ts";
