import {
  BusError,
  CLOCK,
  DELIVERIES,
  defineSink,
  LANES,
  RANDOM,
  STATE,
  type DeliveryPolicy,
  type EventSchemas,
  type Sink,
  type SinkPlugin,
} from "@bus/core";
import { gotTransport, HTTP_TRANSPORT } from "@bus/http";
import { TeleflowDelivery, timeoutMsOf } from "./delivery/teleflow-delivery.ts";
import { teleflowSinkOptions, type ParsedOptions, type TeleflowSinkOptions } from "./options.ts";
import type { TeleflowCalls } from "./teleflow-calls.ts";
import { acceptsOf, type TeleflowAccepts } from "./teleflow-accepts.ts";

/** Less than 36 h in all, for after 48 h the service no longer knows what it has had. */
const RETRY = { baseMs: 1_000, factor: 2, maxMs: 3_600_000, attempts: 46 };

/**
 * A sink that turns events into triggers, broadcasts and cancellations of a Teleflow notification service, by rules.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/teleflow.md
 */
export function teleflowSink<E extends EventSchemas, const Ons extends readonly string[]>(
  options: TeleflowSinkOptions<E, Ons>,
  policy: DeliveryPolicy = {},
): SinkPlugin<TeleflowAccepts<E, Ons[number]>, TeleflowCalls> {
  const sink = definedSink(options, policy);
  const neededMs = timeoutMsOf((sink.options as ParsedOptions).deadlineMs);
  const { timeoutMs = neededMs } = sink.policy;
  // The engine would end attempts before their outcomes are known.
  if (timeoutMs < neededMs) {
    const detail = `timeoutMs, ${timeoutMs}, must be at least ${neededMs}: lower deadlineMs`;
    throw new BusError("BUS_OPTION_INVALID", ['The policy of sink "teleflow"', detail]);
  }
  return sink;
}

function definedSink<E extends EventSchemas, const Ons extends readonly string[]>(
  options: TeleflowSinkOptions<E, Ons>,
  policy: DeliveryPolicy,
): SinkPlugin<TeleflowAccepts<E, Ons[number]>, TeleflowCalls> {
  return defineSink({
    name: "teleflow",
    options: teleflowSinkOptions,
    // Which of them have a rule, only the types of the rules tell.
    accepts: acceptsOf(options) as unknown as TeleflowAccepts<E, Ons[number]>,
    deps: { http: HTTP_TRANSPORT, state: STATE, deliveries: DELIVERIES, lanes: LANES, clock: CLOCK, random: RANDOM },
    defaults: { http: () => gotTransport() },
    policy: ({ deadlineMs }) => ({
      ordering: "none",
      // The more is under way, the more of it ends together, in one commit.
      concurrency: 8,
      timeoutMs: timeoutMsOf(deadlineMs),
      retry: RETRY,
    }),
    create: ({ options: parsed, deps, logger }): Sink<TeleflowCalls> =>
      new TeleflowDelivery({ options: parsed, ...deps, logger }),
  })(options, policy);
}
