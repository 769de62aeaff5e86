import { defineSource, type SourcePlugin } from "@bus/core";
import { answerRequest, type Running } from "./answer-request.ts";
import { myTargetSourceOptions, type MyTargetSourceOptions } from "./options.ts";

/** `bus.sources.<name>` */
export interface MyTargetSourceApi {
  /** Answers a request of my-target, in whatever router takes Fetch API handlers. Never rejects. */
  fetch(request: Request): Promise<Response>;
}

/**
 * A source that takes in what my-target posts, each thing once.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 */
export const myTargetSource: (options: MyTargetSourceOptions) => SourcePlugin<MyTargetSourceApi> = defineSource({
  name: "my-target",
  options: myTargetSourceOptions,
  create: ({ options, logger }) => {
    const underWay = new Set<Promise<Response>>();
    let running: Running | undefined;

    const api: MyTargetSourceApi = {
      fetch: (request) => {
        const answer = answerRequest(request, { options, running, logger });
        underWay.add(answer);
        void answer.finally(() => underWay.delete(answer));
        return answer;
      },
    };

    return {
      api,
      start: (publisher, { signal }) => {
        running = { publisher, signal };
      },
      // The signal is aborted by now: what comes is refused, and what is being published is waited for.
      stop: async () => {
        await Promise.all(underWay);
      },
    };
  },
});
