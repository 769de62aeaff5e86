import { BusError, type Clock } from "@bus/core";
import { hostOf, Secrets, type AllowList, type HttpAnswer, type HttpTransport } from "@bus/http";
import type { WireTrigger } from "../rules/wire-trigger.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { messagesOf, parseBody } from "./parse-body.ts";
import { RateLimits, type Cost } from "./rate-limits.ts";
import { isSuccess, type Reply } from "./reply.ts";
import { replyOfError } from "./transport-failure.ts";

export interface TeleflowClientOptions {
  /** With `/v1`, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  /** Tells idempotency keys apart; the API key alone says to the service which environment it is. */
  readonly environment: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one answer may take. */
  readonly deadlineMs: number;
}

/** How one request goes out. */
export interface Call {
  readonly signal: AbortSignal;
  /** Ends it before the deadline. */
  readonly withinMs: number;
  /** Of each trigger, in order: another epoch makes another idempotency key. @default all 0 */
  readonly epochs?: readonly number[];
}

interface Request {
  readonly method: "POST" | "GET" | "DELETE";
  readonly path: string;
  readonly body?: string;
  /** None: it draws from another bucket. */
  readonly cost?: Cost;
}

/** 100 results with words on each. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Kept with each trigger. */
const LONGEST_WORDS = 1_000;

/** A service that is well answers at once. */
const CHECK_DEADLINE_MS = 10_000;

/**
 * The requests of the Teleflow API, one exchange each. A request that fails is a {@link Reply} too: nothing but `check` rejects.
 *
 * @see docs/spec/teleflow.md
 */
export class TeleflowClient {
  readonly limits: RateLimits;
  readonly #http: HttpTransport;
  readonly #options: TeleflowClientOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #secrets: Secrets;
  /** The host has named it, so it may be private. */
  readonly #allow: AllowList;

  constructor(http: HttpTransport, options: TeleflowClientOptions, clock: Clock) {
    const { url, apiKey, headers } = options;
    this.limits = new RateLimits(clock);
    this.#http = http;
    this.#options = options;
    this.#headers = { ...headers, authorization: `ApiKey ${apiKey}`, "content-type": "application/json" };
    this.#secrets = new Secrets([apiKey], headers);
    this.#allow = [hostOf(url)];
  }

  trigger({ json }: WireTrigger, call: Call): Promise<Reply> {
    return this.#exchange({ method: "POST", path: "/events/trigger", body: json, cost: "single" }, call);
  }

  bulk(triggers: readonly WireTrigger[], call: Call): Promise<Reply> {
    return this.#exchange(
      { method: "POST", path: "/events/trigger/bulk", body: bulkBody(triggers), cost: "bulk" },
      call,
    );
  }

  broadcast({ json }: WireTrigger, call: Call): Promise<Reply> {
    return this.#exchange({ method: "POST", path: "/events/trigger/broadcast", body: json, cost: "bulk" }, call);
  }

  /** The body's `data` says whether there was something left to cancel. */
  cancel(transactionId: string, call: Call): Promise<Reply> {
    const path = `/events/trigger/${encodeURIComponent(transactionId)}`;
    return this.#exchange({ method: "DELETE", path, cost: "single" }, call);
  }

  /** The body's `data` lists what the service has made of the trigger so far, a page of it. */
  notifications(transactionId: string, call: Call): Promise<Reply> {
    return this.#exchange({ method: "GET", path: notificationsOf(transactionId) }, call);
  }

  /**
   * Asks for the notifications of a transaction that is none.
   *
   * @throws {BusError} BUS_TELEFLOW_REFUSED for any answer but 2xx, and as {@link HttpTransport.request} does
   */
  async check(signal: AbortSignal): Promise<void> {
    const deadlineMs = Math.min(this.#options.deadlineMs, CHECK_DEADLINE_MS);
    const answer = await this.#request({ method: "GET", path: notificationsOf("tf_check") }, { signal, deadlineMs });
    if (isSuccess(answer)) return;
    const words = wordsOf(parseBody(answer.body, this.#secrets));
    throw new BusError("BUS_TELEFLOW_REFUSED", ["check", answer.status, words]);
  }

  async #exchange(request: Request, { signal, withinMs, epochs = [] }: Call): Promise<Reply> {
    if (signal.aborted) return { kind: "unsent", reason: "It was ended before it was sent.", isFree: true };
    const deadlineMs = Math.min(this.#options.deadlineMs, withinMs);
    try {
      return this.#replyOf(await this.#request(request, { signal, deadlineMs, epochs }), request.cost);
    } catch (error) {
      return signal.aborted ? { kind: "none", reason: "It was ended before an answer came." } : replyOfError(error);
    }
  }

  #request(
    { method, path, body }: Request,
    { signal, deadlineMs, epochs = [] }: { signal: AbortSignal; deadlineMs: number; epochs?: readonly number[] },
  ): Promise<HttpAnswer> {
    const { url, environment } = this.#options;
    const key = body === undefined ? undefined : idempotencyKey({ environment, method, path, body, epochs });
    return this.#http.request({
      method,
      url: `${url}${path}`,
      headers: key === undefined ? this.#headers : { ...this.#headers, "idempotency-key": key },
      ...(body !== undefined && { body }),
      deadlineMs,
      signal,
      allow: this.#allow,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }

  #replyOf({ status, headers, body: bytes }: HttpAnswer, cost: Cost | undefined): Reply {
    if (cost) this.limits.learn(cost, status, headers);
    const body = parseBody(bytes, this.#secrets);
    const afterMs = this.limits.afterMsOf(status, headers);
    const words = redirectOf(status, headers["location"]) ?? (isSuccess({ status }) ? "" : wordsOf(body));
    return { kind: "answer", status, body, words, afterMs };
  }
}

/** Of a bulk beside its triggers' own JSON. */
const BULK_HEAD = '{"events":[';
const BULK_END = "]}";

function bulkBody(triggers: readonly WireTrigger[]): string {
  return `${BULK_HEAD}${triggers.map(({ json }) => json).join(",")}${BULK_END}`;
}

/** How many bytes the body of a bulk has: those of its triggers, a comma between two, and what is around them. */
export function bulkBytes(triggers: number, bytesOfTriggers: number): number {
  return BULK_HEAD.length + bytesOfTriggers + Math.max(0, triggers - 1) + BULK_END.length;
}

function notificationsOf(transactionId: string): string {
  return `/notifications?transactionId=${encodeURIComponent(transactionId)}`;
}

/** Where a redirect leads: its origin, for the rest may be secret. */
function redirectOf(status: number, location: string | undefined): string | undefined {
  const url = status >= 300 && status < 400 && location !== undefined ? URL.parse(location) : null;
  return url ? `a redirect to ${url.origin}` : undefined;
}

function wordsOf(body: unknown): string {
  return messagesOf(body).join("; ").slice(0, LONGEST_WORDS);
}
