import { BusError, CLOCK, defineSink, LOGGER, type DeliveryPolicy, type SinkPlugin } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT } from "@bus/http";
import { KgDelivery, timeoutMsOf } from "./delivery/kg-delivery.ts";
import { RestProxy } from "./delivery/rest-proxy.ts";
import { acceptsOf, type KgAccepts } from "./kg-accepts.ts";
import { kgSinkOptions, type KgSinkOptions, type ParsedOptions } from "./options.ts";
import { RecordMaker } from "./records/record-maker.ts";
import type { KgRecordMappers } from "./records/record-mappers.ts";
import { SHARING_PREFERENCES, sharingOfEvent } from "./records/sharing-preferences.ts";

/** About eight hours in all. Five minutes after the proxy is well again all goes on: in strict order everything waits for one record. */
const RETRY = { baseMs: 1_000, factor: 2, maxMs: 300_000, attempts: 100 };

/**
 * A sink that feeds a knowledge graph: each event goes to a Kafka REST proxy as the records of its kind. The order is an option, and no part of
 * the policy.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/knowledge-graph.md
 */
export function kgSink<const R extends KgRecordMappers = {}>(
  options: KgSinkOptions<R>,
  policy: Omit<DeliveryPolicy, "ordering"> = {},
): SinkPlugin<KgAccepts<R>, undefined> {
  const sink = definedSink(options, policy);
  const refuse = (detail: string): never => {
    throw new BusError("BUS_OPTION_INVALID", ['The policy of sink "kg"', detail]);
  };
  if (Object.hasOwn(policy, "ordering")) refuse("ordering is an option of the sink: write it there");
  const neededMs = timeoutMsOf((sink.options as ParsedOptions).deadlineMs);
  const { timeoutMs = neededMs } = sink.policy;
  // The engine would end attempts before their outcomes are known, and send again what is stored.
  if (timeoutMs < neededMs) refuse(`timeoutMs, ${timeoutMs}, must be at least ${neededMs}: lower deadlineMs`);
  return sink;
}

function definedSink<const R extends KgRecordMappers>(
  options: KgSinkOptions<R>,
  policy: DeliveryPolicy,
): SinkPlugin<KgAccepts<R>, undefined> {
  return defineSink({
    name: "kg",
    options: kgSinkOptions,
    // Which of them have a mapper, only the types can tell apart.
    accepts: acceptsOf(options?.records) as unknown as KgAccepts<R>,
    deps: { http: HTTP_TRANSPORT, preferences: SHARING_PREFERENCES, clock: CLOCK, logger: LOGGER },
    defaults: { http: () => gotTransport(), preferences: () => sharingOfEvent },
    policy: ({ ordering, deadlineMs }) => ({
      ordering: ordering === "strict" ? "lane" : "none",
      concurrency: 1,
      timeoutMs: timeoutMsOf(deadlineMs),
      retry: RETRY,
    }),
    create: ({ options: parsed, deps: { http, preferences, clock, logger } }) =>
      new KgDelivery({
        options: parsed,
        maker: new RecordMaker(parsed, logger),
        preferences,
        proxy: new RestProxy(http, parsed),
        clock,
        logger,
      }),
  })(options, policy);
}
