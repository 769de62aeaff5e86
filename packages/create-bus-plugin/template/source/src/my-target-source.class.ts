import {
  defineSource,
  inject,
  injectable,
  LOGGER,
  OPTIONS,
  type Logger,
  type Publisher,
  type Source,
  type SourcePlugin,
} from "@bus/core";
import { answerRequest, type Running } from "./answer-request.ts";
import { myTargetSourceOptions, type MyTargetSourceOptions, type ParsedOptions } from "./options.ts";

/** `bus.sources.<name>` */
export interface MyTargetSourceApi {
  /** Answers a request of my-target, in whatever router takes Fetch API handlers. Never rejects. */
  fetch(request: Request): Promise<Response>;
}

@injectable()
class MyTargetSource implements Source<MyTargetSourceApi> {
  readonly api: MyTargetSourceApi = { fetch: (request) => this.#answer(request) };
  readonly #options: ParsedOptions;
  readonly #logger: Logger;
  readonly #underWay = new Set<Promise<Response>>();
  #running: Running | undefined;

  // The bus resolves by token alone: each parameter names its own.
  constructor(@inject(OPTIONS) options: ParsedOptions, @inject(LOGGER) logger: Logger) {
    this.#options = options;
    this.#logger = logger;
  }

  start(publisher: Publisher, { signal }: { readonly signal: AbortSignal }): void {
    this.#running = { publisher, signal };
  }

  /** The signal is aborted by now: what comes is refused, and what is being published is waited for. */
  async stop(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  #answer(request: Request): Promise<Response> {
    const answer = answerRequest(request, { options: this.#options, running: this.#running, logger: this.#logger });
    this.#underWay.add(answer);
    void answer.finally(() => this.#underWay.delete(answer));
    return answer;
  }
}

/**
 * A source that takes in what my-target posts, each thing once.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 */
export const myTargetSource: (options: MyTargetSourceOptions) => SourcePlugin<MyTargetSourceApi> = defineSource({
  name: "my-target",
  options: myTargetSourceOptions,
  useClass: MyTargetSource,
});
