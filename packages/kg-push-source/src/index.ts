export { kgEmailId } from "./kg-email-id.ts";
export { kgPushEvents, type KgRecipient, type KgTag, type KgUnknown, type KgUserTags } from "./kg-push-events.ts";
export { kgPushSource, type KgPushSourceApi } from "./kg-push-source.ts";
export { type KgPushSourceOptions } from "./options.ts";
