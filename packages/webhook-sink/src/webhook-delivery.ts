import {
  disable,
  rejected,
  skipped,
  type BusEvent,
  type Clock,
  type DeliverContext,
  type Delivery,
  type Outcome,
  type Sink,
} from "@bus/core";
import { outcomeOfAnswer, outcomeOfError, type HttpAnswer, type HttpTransport } from "@bus/http";
import { isSubscribed, type ParsedEndpoint } from "./endpoint.ts";
import type { ParsedOptions } from "./options.ts";
import { renderBody } from "./payload/render-body.ts";
import { requestHeaders } from "./request-headers.ts";

/** 2xx counts whatever the body says: this much of it goes to the delivery log. */
const MAX_ANSWER_BYTES = 64 * 1024;

const GONE = 410;

/**
 * Delivers each event as one signed POST per endpoint. Stateless but for its options.
 *
 * @see docs/spec/trino-webhooks.md#delivery
 */
export class WebhookDelivery implements Sink {
  readonly #options: ParsedOptions;
  readonly #http: HttpTransport;
  readonly #clock: Clock;
  readonly #endpoints: ReadonlyMap<string, ParsedEndpoint>;

  constructor(options: ParsedOptions, http: HttpTransport, clock: Clock) {
    this.#options = options;
    this.#http = http;
    this.#clock = clock;
    this.#endpoints = new Map(options.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  }

  destinations(event: BusEvent): readonly string[] {
    return this.#options.endpoints.filter((endpoint) => isSubscribed(endpoint, event)).map(({ id }) => id);
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    return Promise.all(batch.map((delivery) => this.#deliverOne(delivery, signal)));
  }

  async #deliverOne(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const endpoint = this.#endpoints.get(delivery.destination);
    // Owed from a time when the host still listed it: kept, for it may be an oversight.
    if (endpoint === undefined) return disable(`The sink has no endpoint "${delivery.destination}".`);

    const rendering = renderBody(delivery.event);
    if (rendering.kind === "unwanted") return skipped(rendering.reason);
    if (rendering.kind === "invalid") return rejected(rendering.reason);

    const { headerPrefix: prefix, userAgent } = this.#options;
    const { name, body } = rendering;
    const headers = requestHeaders({ endpoint, delivery, name, body, now: this.#clock.now(), prefix, userAgent });
    try {
      return this.#outcomeOf(await this.#post(endpoint.url, headers, body, signal));
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  #post(url: string, headers: Record<string, string>, body: Uint8Array, signal: AbortSignal): Promise<HttpAnswer> {
    const { deadlineMs, allow } = this.#options;
    return this.#http.request({
      method: "POST",
      url,
      headers,
      body,
      deadlineMs,
      signal,
      allow,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }

  #outcomeOf(answer: HttpAnswer): Outcome {
    if (answer.status === GONE) return disable("The endpoint answered 410: it is gone.", { status: GONE });
    return outcomeOfAnswer(answer, this.#clock.now());
  }
}
