export { type TeleflowBatch, type TeleflowSinkOptions } from "./options.ts";
export { type TeleflowBroadcast, type TeleflowTrigger } from "./rules/direct-trigger.ts";
export { type JsonOf } from "./rules/json-of.ts";
export {
  type TeleflowRecipient,
  type TeleflowSubscriber,
  type TeleflowTenant,
  type TeleflowTo,
  type TeleflowTopic,
} from "./rules/recipient.ts";
export { type TeleflowCancellation, type TeleflowRule } from "./rules/teleflow-rule.ts";
export { type TeleflowAccepts } from "./teleflow-accepts.ts";
export {
  type TeleflowCallOptions,
  type TeleflowCalls,
  type TeleflowResult,
  type TeleflowStatus,
} from "./teleflow-calls.ts";
export { teleflowSink } from "./teleflow-sink.ts";
