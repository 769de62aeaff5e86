import { createBus } from "@bus/core";
import { expectTypeOf } from "vitest";
import {
  kgEmailId,
  kgPushEvents,
  kgPushSource,
  type KgPushSourceApi,
  type KgRecipient,
  type KgTag,
  type KgUnknown,
} from "../../src/index.ts";

const bus = createBus({
  name: "chat",
  events: kgPushEvents,
  sources: { tags: kgPushSource({ tokens: ["old", "new"] }) },
});

expectTypeOf(bus.sources.tags).toEqualTypeOf<KgPushSourceApi>();
expectTypeOf(bus.sources.tags.fetch).toEqualTypeOf<(request: Request) => Promise<Response>>();

// What listeners get.
bus.on("kg.user_tags", ({ data }) => {
  expectTypeOf(data.recipients).toEqualTypeOf<readonly KgRecipient[]>();
  expectTypeOf(data.tags).toEqualTypeOf<readonly KgTag[]>();
});
bus.on("kg.unknown", ({ data }) => expectTypeOf(data).toEqualTypeOf<KgUnknown>());

// What hosts may publish themselves, keys of their own included.
const tag = { value: "kafka", weight: 0.8, language: "en" };
await bus.publish("kg.user_tags", { recipients: [{ type: "user", id: "a" }], tags: [tag] });
// @ts-expect-error a weight is a number
await bus.publish("kg.user_tags", { recipients: [], tags: [{ value: "kafka", weight: "0.8" }] });

expectTypeOf(kgEmailId("jane.doe@example.com")).toEqualTypeOf<string | undefined>();

kgPushSource({
  tokens: "a",
  path: undefined,
  listen: { port: 0, host: undefined },
  maxBodyBytes: 1,
  idempotencyWindowMs: 1,
});
// @ts-expect-error tokens are needed
kgPushSource({});
// @ts-expect-error it is called tokens
kgPushSource({ token: "a" });
// @ts-expect-error an environment variable may be missing
kgPushSource({ tokens: process.env.KG_TOKEN });
