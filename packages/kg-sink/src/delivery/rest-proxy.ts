import { BusError } from "@bus/core";
import { hostOf, type AllowList, type Secrets, type HttpAnswer, type HttpTransport } from "@bus/http";
import { recordsHeaders, requestHeaders, secretsOf, type HeaderOptions } from "./request-headers.ts";

export interface RestProxyOptions extends HeaderOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly topic: string;
  readonly deadlineMs: number;
}

/** An entry for each of 10,000 records, with words on some. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Kept with each record. */
const LONGEST_WORDS = 1_000;

/** A proxy that is well lists its topics at once. */
const CHECK_DEADLINE_MS = 10_000;

/** A Kafka REST proxy, by its v2 API, with the one topic that is written. */
export class RestProxy {
  readonly #http: HttpTransport;
  readonly #url: string;
  readonly #topicUrl: string;
  readonly #deadlineMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #recordsHeaders: Readonly<Record<string, string>>;
  readonly #secrets: Secrets;
  /** The host has named it, so it may be private. */
  readonly #allow: AllowList;

  constructor(http: HttpTransport, options: RestProxyOptions) {
    const { url, topic, deadlineMs } = options;
    this.#http = http;
    this.#url = url;
    this.#topicUrl = `${url}/topics/${topic}`;
    this.#deadlineMs = deadlineMs;
    this.#headers = requestHeaders(options);
    this.#recordsHeaders = recordsHeaders(options);
    this.#secrets = secretsOf(options);
    this.#allow = [hostOf(url)];
  }

  /** Sends the body to the topic. Resolves and rejects as {@link HttpTransport.request} does. @param withinMs ends it before the deadline */
  produce(body: string, { signal, withinMs }: { signal: AbortSignal; withinMs: number }): Promise<HttpAnswer> {
    return this.#http.request({
      method: "POST",
      url: this.#topicUrl,
      headers: this.#recordsHeaders,
      body,
      deadlineMs: Math.min(this.#deadlineMs, withinMs),
      signal,
      allow: this.#allow,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }

  /** Asks for the topics. @throws {BusError} BUS_HTTP_FAILED for any answer but 2xx, and as {@link HttpTransport.request} does */
  async check(signal: AbortSignal): Promise<void> {
    const { status } = await this.#http.request({
      method: "GET",
      url: `${this.#url}/topics`,
      headers: this.#headers,
      deadlineMs: Math.min(this.#deadlineMs, CHECK_DEADLINE_MS),
      signal,
      allow: this.#allow,
    });
    if (status >= 200 && status < 300) return;
    throw new BusError("BUS_HTTP_FAILED", [new URL(this.#url).origin, `the answer ${status}`]);
  }

  /** What is kept of the proxy's words: how they begin, without what only the proxy may know. */
  hide(words: string): string {
    // Cut first, it could leave the beginning of a secret.
    return this.#secrets.hide(words).slice(0, LONGEST_WORDS);
  }
}
