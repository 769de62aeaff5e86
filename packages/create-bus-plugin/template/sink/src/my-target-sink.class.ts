import {
  CLOCK,
  defineSink,
  inject,
  injectable,
  OPTIONS,
  pause,
  type Clock,
  type DeliverContext,
  type Delivery,
  type DeliveryPolicy,
  type Outcome,
  type Sink,
  type SinkPlugin,
} from "@bus/core";
import {
  hostOf,
  HTTP_TRANSPORT,
  outcomeOfAnswer,
  outcomeOfError,
  undiciTransport,
  type HttpAnswer,
  type HttpTransport,
} from "@bus/http";
import { myTargetSinkOptions, type MyTargetSinkOptions, type ParsedOptions } from "./options.ts";

const ASK_AGAIN_MS = 60_000;

@injectable()
class MyTargetSink implements Sink<undefined> {
  readonly #options: ParsedOptions;
  readonly #http: HttpTransport;
  readonly #clock: Clock;

  // The bus resolves by token alone: each parameter names its own.
  constructor(
    @inject(OPTIONS) options: ParsedOptions,
    @inject(HTTP_TRANSPORT) http: HttpTransport,
    @inject(CLOCK) clock: Clock,
  ) {
    this.#options = options;
    this.#http = http;
    this.#clock = clock;
  }

  deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    return Promise.all(batch.map((delivery) => this.#send(delivery, signal)));
  }

  async check({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { url, token, deadlineMs } = this.#options;
    const { status } = await this.#http.request({
      method: "GET",
      url: `${url}/health`,
      headers: { authorization: `Bearer ${token}` },
      deadlineMs,
      signal,
      allow: [hostOf(url)],
    });
    if (status !== 200) throw new Error(`my-target answered ${status}.`);
  }

  /** One try, and what came of it: the engine does the waiting and trying again. */
  async #send({ id, event }: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { url, token, deadlineMs } = this.#options;
    let answer: HttpAnswer;
    try {
      answer = await this.#http.request({
        method: "POST",
        url: `${url}/events`,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": id },
        body: JSON.stringify(event),
        deadlineMs,
        signal,
        allow: [hostOf(url)],
      });
    } catch (error) {
      return outcomeOfError(error);
    }
    // No event is at fault, and none can be delivered: the lane waits until the token is right.
    if (answer.status === 401 || answer.status === 403)
      return pause("my-target refuses the token.", { probeAfterMs: ASK_AGAIN_MS });
    return outcomeOfAnswer(answer, this.#clock.now());
  }
}

/**
 * A sink that posts each event to my-target, with the delivery's id as its idempotency key.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 */
export const myTargetSink: (options: MyTargetSinkOptions, policy?: DeliveryPolicy) => SinkPlugin<undefined, undefined> =
  defineSink({
    name: "my-target",
    options: myTargetSinkOptions,
    deps: { http: HTTP_TRANSPORT, clock: CLOCK },
    // The bus stops what it had to make.
    defaults: { http: () => undiciTransport() },
    // So that an answer that is late is ours to tell of, and not cut off by the engine.
    policy: ({ deadlineMs }) => ({ timeoutMs: deadlineMs + 5_000 }),
    useClass: MyTargetSink,
  });
