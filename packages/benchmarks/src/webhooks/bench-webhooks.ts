import { createBus, provide, type Bus, type DeliveryPolicy } from "@bus/core";
import { HTTP_TRANSPORT, type HttpTransport } from "@bus/http";
import { sqliteStore } from "@bus/sqlite-store";
import { trinoEvents, webhookSink } from "@bus/webhook-sink";
import { failOnErrors } from "../fail-on-errors.ts";

export type WebhooksBus = Bus<typeof trinoEvents, { hooks: ReturnType<typeof webhookSink> }>;

/** A host with webhooks, as it would have it: durable, signed, checked. Only the receivers are on loopback, which must be allowed. */
export function benchWebhooks({
  path,
  policy,
  transport,
}: {
  readonly path: string;
  readonly policy?: DeliveryPolicy;
  readonly transport?: HttpTransport;
}): WebhooksBus {
  const bus = createBus({
    name: "bench",
    events: trinoEvents,
    store: sqliteStore({ path }),
    sinks: { hooks: webhookSink({ allow: ["127.0.0.1"] }, policy) },
    provide: transport ? [provide(HTTP_TRANSPORT, transport)] : [],
  });
  failOnErrors(bus);
  return bus;
}
