export type { PluginChoices, PluginForm, PluginKind } from "./plugin-choices.ts";
export { Refusal } from "./refusal.ts";
export { writePlugin } from "./write-plugin.ts";
