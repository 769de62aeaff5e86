import type { Clock } from "@bus/core";
import type { HttpAnswer, HttpTransport } from "@bus/http";
import { requestHeaders, type WebhookMessage } from "./request-headers.ts";
import type { Webhook } from "./webhook.ts";

/** 2xx counts whatever the body says; this much of it is read. */
const MAX_ANSWER_BYTES = 64 * 1024;

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

  /** One signed POST. Resolves and rejects as {@link HttpTransport.request} does. */
  post(webhook: Webhook, message: WebhookMessage, signal: AbortSignal): Promise<HttpAnswer> {
    const { http, clock, headerPrefix, userAgent } = this.#options;
    const { url, deadlineMs, allow } = webhook;
    return http.request({
      method: "POST",
      url,
      headers: requestHeaders(webhook, message, { now: clock.now(), headerPrefix, userAgent }),
      body: message.body,
      deadlineMs,
      signal,
      allow,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }
}
