export { myTargetSink } from "./my-target-sink.ts";
export type { MyTargetSinkOptions } from "./options.ts";
