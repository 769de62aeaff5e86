import type { Clock, Outcome } from "@bus/core";
import { outcomeOfAnswer, Secrets, type HttpTransport } from "@bus/http";
import { requestHeaders, type WebhookMessage } from "./request-headers.ts";
import type { Webhook } from "./webhook.ts";

/** 2xx counts whatever the body says; this much of it is read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Shorter ones name nobody: "/hooks". */
const SHORTEST_OF_URL = 12;

export interface WebhookRequestsOptions {
  readonly http: HttpTransport;
  readonly clock: Clock;
  readonly headerPrefix: string;
  readonly userAgent: string;
}

/** Sends signed requests to webhooks, within the bounds that each webhook has. */
export class WebhookRequests {
  readonly #options: WebhookRequestsOptions;

  constructor(options: WebhookRequestsOptions) {
    this.#options = options;
  }

  /** What came of one signed POST. Rejects as {@link HttpTransport.request} does. */
  async post(webhook: Webhook, message: WebhookMessage, signal: AbortSignal): Promise<Outcome> {
    const { http, clock, headerPrefix, userAgent } = this.#options;
    const { url, deadlineMs, allow, headers } = webhook;
    const answer = await http.request({
      method: "POST",
      url,
      headers: requestHeaders(webhook, message, { now: clock.now(), headerPrefix, userAgent }),
      body: message.body,
      deadlineMs,
      signal,
      allow,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    return outcomeOfAnswer(answer, clock.now(), new Secrets(secretsOf(url), headers));
  }
}

/** Some receivers are known by their path or query alone, and an answer may name it: "Cannot POST /hooks/…". */
function secretsOf(url: string): readonly string[] {
  const { pathname, search } = new URL(url);
  return [pathname + search, pathname, search].filter((part) => part.length >= SHORTEST_OF_URL);
}
