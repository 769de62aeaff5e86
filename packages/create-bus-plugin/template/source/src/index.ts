export { myTargetEvents, type MyTargetReceived } from "./my-target-events.ts";
export { myTargetSource, type MyTargetSourceApi } from "./my-target-source.ts";
export type { MyTargetSourceOptions } from "./options.ts";
