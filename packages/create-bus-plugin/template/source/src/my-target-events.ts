import { z } from "zod";

/** What my-target posts, but for its id, which is the event's. */
export type MyTargetReceived = Readonly<Record<string, unknown>>;

/** What this source publishes, for the bus's `events` option: `events: { ...myTargetEvents, ...yours }`. */
export const myTargetEvents: { readonly "my-target.received": z.ZodType<MyTargetReceived, MyTargetReceived> } = {
  "my-target.received": z.record(z.string(), z.unknown()),
};
