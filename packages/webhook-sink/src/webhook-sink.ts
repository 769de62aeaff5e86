import { BusError, CLOCK, defineSink, LANES, LOGGER, STATE, type DeliveryPolicy, type SinkPlugin } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT } from "@bus/http";
import { trinoEvents } from "./events/trino-events.ts";
import { Breaker } from "./health/breaker.ts";
import { FailureStreaks } from "./health/failure-streaks.ts";
import { webhookSinkOptions, type ParsedOptions, type WebhookSinkOptions } from "./options.ts";
import { webhookRegistry } from "./registry/webhook-registry.ts";
import { WebhookDelivery, type WebhookSinkApi } from "./webhook-delivery.ts";
import { timeoutMsOf } from "./webhook-policy.ts";
import { WebhookRequests } from "./webhook-requests.ts";
import { WebhookTests } from "./webhook-test.ts";

/**
 * A sink that sends each event to every webhook subscribed to it, as one signed POST. Webhooks are fixed in the options, or registered while the
 * bus runs: `bus.sinks.<name>.webhooks`.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/trino-webhooks.md
 */
export function webhookSink(
  options: WebhookSinkOptions = {},
  policy?: DeliveryPolicy,
): SinkPlugin<typeof trinoEvents, WebhookSinkApi> {
  const sink = definedSink(options, policy);
  const { deadlineMs } = sink.options as ParsedOptions;
  const { timeoutMs = Infinity } = sink.policy;
  // The engine would end each attempt before its outcome is known, and so before anything is learned of the receiver.
  if (timeoutMs <= deadlineMs) {
    const mend = `timeoutMs, ${timeoutMs}, must be more than deadlineMs, ${deadlineMs}: lower that one`;
    throw new BusError("BUS_OPTION_INVALID", ['The policy of sink "webhook"', mend]);
  }
  return sink;
}

const definedSink = defineSink({
  name: "webhook",
  options: webhookSinkOptions,
  accepts: trinoEvents,
  deps: { http: HTTP_TRANSPORT, clock: CLOCK, state: STATE, lanes: LANES, logger: LOGGER },
  defaults: { http: () => gotTransport() },
  policy: ({ deadlineMs }) => ({ timeoutMs: timeoutMsOf(deadlineMs) }),
  create: ({ options, deps }) => {
    const { http, clock, state, lanes, logger } = deps;
    const { headerPrefix, userAgent, disableAfterMs } = options;
    const requests = new WebhookRequests({ http, clock, headerPrefix, userAgent });
    const tests = new WebhookTests(requests, clock);
    const { registry, webhooks } = webhookRegistry({
      options,
      state,
      lanes,
      clock,
      logger,
      test: (webhook, view) => tests.test(webhook, view),
    });
    const isKnown = (destination: string): boolean => registry.peek(destination) !== undefined;
    const streaks = new FailureStreaks({ state, clock, logger, disableAfterMs, isKnown });
    return new WebhookDelivery({ registry, webhooks, requests, tests, streaks, breaker: new Breaker(), clock });
  },
});
