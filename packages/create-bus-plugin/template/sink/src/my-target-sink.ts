import { CLOCK, defineSink, pause, type Delivery, type DeliveryPolicy, type Outcome, type SinkPlugin } from "@bus/core";
import { hostOf, HTTP_TRANSPORT, outcomeOfAnswer, outcomeOfError, undiciTransport, type HttpAnswer } from "@bus/http";
import { myTargetSinkOptions, type MyTargetSinkOptions } from "./options.ts";

const ASK_AGAIN_MS = 60_000;

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
    create: ({ options: { url, token, deadlineMs }, deps: { http, clock } }) => {
      const allow = [hostOf(url)];
      const authorization = `Bearer ${token}`;

      /** One try, and what came of it: the engine does the waiting and trying again. */
      const send = async ({ id, event }: Delivery, signal: AbortSignal): Promise<Outcome> => {
        let answer: HttpAnswer;
        try {
          answer = await http.request({
            method: "POST",
            url: `${url}/events`,
            headers: { authorization, "content-type": "application/json", "idempotency-key": id },
            body: JSON.stringify(event),
            deadlineMs,
            signal,
            allow,
          });
        } catch (error) {
          return outcomeOfError(error);
        }
        // No event is at fault, and none can be delivered: the lane waits until the token is right.
        if (answer.status === 401 || answer.status === 403)
          return pause("my-target refuses the token.", { probeAfterMs: ASK_AGAIN_MS });
        return outcomeOfAnswer(answer, clock.now());
      };

      return {
        deliver: (batch, { signal }) => Promise.all(batch.map((delivery) => send(delivery, signal))),

        check: async ({ signal }) => {
          const { status } = await http.request({
            method: "GET",
            url: `${url}/health`,
            headers: { authorization },
            deadlineMs,
            signal,
            allow,
          });
          if (status !== 200) throw new Error(`my-target answered ${status}.`);
        },
      };
    },
  });
