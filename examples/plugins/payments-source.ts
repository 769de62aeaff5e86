import { defineSource, type Publisher } from "@bus/core";
import { z } from "zod";
import { answerCall } from "./answer-call.ts";

// #region source
/** `bus.sources.<name>`: the way in. */
export interface PaymentsApi {
  fetch(request: Request): Promise<Response>;
}

/** Takes what a payment provider calls us with, each payment once. */
export const paymentsSource = defineSource({
  name: "payments",
  options: z.strictObject({
    /** With which the provider signs. */
    secret: z.string().min(1),
    maxBytes: z
      .int()
      .min(1)
      .default(64 * 1024),
  }),
  create: ({ options, logger }) => {
    const underWay = new Set<Promise<Response>>();
    let bus: { readonly publisher: Publisher; readonly signal: AbortSignal } | undefined;
    const api: PaymentsApi = {
      fetch: (request) => {
        const answer = answerCall(request, { ...options, bus, logger });
        underWay.add(answer);
        void answer.finally(() => underWay.delete(answer));
        return answer;
      },
    };
    return {
      api,
      start: (publisher, { signal }) => {
        bus = { publisher, signal };
      },
      // What is being published is waited for: its caller gets a true answer.
      stop: async () => {
        await Promise.all(underWay);
      },
    };
  },
});
// #endregion source
