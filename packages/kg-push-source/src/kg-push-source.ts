import type { IncomingMessage, ServerResponse } from "node:http";
import {
  CLOCK,
  defineSource,
  STATE,
  type Clock,
  type Logger,
  type Publisher,
  type Source,
  type SourcePlugin,
} from "@bus/core";
import { fetchPush } from "./http/fetch-push.ts";
import { Listener, type Serve } from "./http/listener.ts";
import { nodePush, pathOf } from "./http/node-push.ts";
import { MarkSweeper } from "./idempotency/mark-sweeper.ts";
import { PublishOnce } from "./idempotency/publish-once.ts";
import { PushMarks } from "./idempotency/push-marks.ts";
import { kgPushSourceOptions, type KgPushSourceOptions, type ParsedOptions } from "./options.ts";
import { PushEndpoint } from "./push-endpoint.ts";

/** `bus.sources.<name>`: the ways in. They may be used with or without their object. */
export interface KgPushSourceApi {
  /** Serves pushes in a Fetch API router. Another path is answered with 404. */
  fetch(request: Request): Promise<Response>;
  /**
   * Serves pushes in a server of node:http, or in what is built on it. Another path goes to `next`, where there is one, as in Express; else it is
   * answered with 404. It comes before whatever reads bodies. How long a slow caller may take is for the server's `requestTimeout` to say.
   */
  node(request: IncomingMessage, response: ServerResponse, next?: () => void): void;
  /** Where its own listener takes pushes, path and all; undefined without one. */
  readonly url: string | undefined;
}

/**
 * A source that takes what a knowledge graph pushes, and publishes it as the events of `kgPushEvents`.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 * @see docs/spec/knowledge-graph.md#2-inbound-buskg-push-source
 */
export const kgPushSource: (options: KgPushSourceOptions) => SourcePlugin<KgPushSourceApi> = defineSource({
  name: "kg-push",
  options: kgPushSourceOptions,
  deps: { clock: CLOCK, state: STATE },
  create: ({ options, deps: { clock, state }, logger }) => {
    const windowMs = options.idempotencyWindowMs;
    const marks = new PushMarks({ state, clock, windowMs });
    const sweeper = new MarkSweeper(marks, { clock, logger, windowMs });
    const endpoint = new PushEndpoint(options, new PublishOnce(marks, logger), logger);
    return new KgPushSource({ options, endpoint, sweeper, clock, logger });
  },
});

interface Parts {
  readonly options: ParsedOptions;
  readonly endpoint: PushEndpoint;
  readonly sweeper: MarkSweeper;
  readonly clock: Clock;
  readonly logger: Logger;
}

class KgPushSource implements Source<KgPushSourceApi> {
  readonly api: KgPushSourceApi;
  readonly #parts: Parts;
  readonly #listener: Listener | undefined;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    const { options, endpoint, clock, logger } = parts;
    const serve: Serve = (request, response, awaitsContinue) => {
      const answered = nodePush(endpoint, request, response, { clock, awaitsContinue }).catch((err: unknown) => {
        logger.error({ err }, "The answer to a push could not be sent.");
        response.destroy();
      });
      void this.#waitedFor(answered);
    };
    const listener = options.listen && new Listener(options.listen, serve, logger);
    this.#parts = parts;
    this.#listener = listener;
    this.api = {
      fetch: (request) => this.#waitedFor(fetchPush(endpoint, request)),
      node: (request, response, next) => {
        if (next && pathOf(request) !== options.path) next();
        else serve(request, response, false);
      },
      get url() {
        const origin = listener?.origin;
        return origin === undefined ? undefined : origin + options.path;
      },
    };
  }

  async start(publisher: Publisher, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { endpoint, sweeper } = this.#parts;
    endpoint.open(publisher, signal);
    await this.#listener?.listen();
    sweeper.start();
  }

  /** The engine has aborted the signal: what comes is refused, what is read is cut off, what is being published is waited for. */
  async stop(): Promise<void> {
    const answered = Promise.allSettled(this.#underWay);
    await Promise.all([answered, this.#listener?.close(answered), this.#parts.sweeper.stop()]);
  }

  #waitedFor<T>(answer: Promise<T>): Promise<T> {
    const ended = answer.finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
    return ended;
  }
}
