import { CLOCK, defineSink, type DeliveryPolicy, type SinkPlugin } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT } from "@bus/http";
import { trinoEvents } from "./events/trino-events.ts";
import { webhookSinkOptions, type WebhookSinkOptions } from "./options.ts";
import { WebhookDelivery } from "./webhook-delivery.ts";

/** How much longer than its deadline an attempt may take, so that it says itself what came of it. */
const GRACE_MS = 5_000;

/**
 * A sink that sends each event to every endpoint subscribed to it, as one signed POST.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/trino-webhooks.md
 */
export const webhookSink: (options: WebhookSinkOptions, policy?: DeliveryPolicy) => SinkPlugin<typeof trinoEvents> =
  defineSink({
    name: "webhook",
    options: webhookSinkOptions,
    accepts: trinoEvents,
    deps: { http: HTTP_TRANSPORT, clock: CLOCK },
    defaults: { http: () => gotTransport() },
    policy: ({ deadlineMs }) => ({ timeoutMs: deadlineMs + GRACE_MS }),
    create: ({ options, deps }) => new WebhookDelivery(options, deps.http, deps.clock),
  });
