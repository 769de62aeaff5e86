import { token, type Token } from "@bus/core";
import type { AllowList } from "./allow-list.ts";

/** One exchange at a time, as the engine asks for it: no retries, no redirects, no cookies, no cache. */
export interface HttpTransport {
  /**
   * Sends one request and reads its answer. Safe to call concurrently.
   *
   * Resolves for every answer, whatever its status. Once the headers of an answer are in, the answer counts: a body cut short by the size cap,
   * a reset or the deadline resolves with `isTruncated`, because sending again what was answered makes duplicates.
   *
   * @throws the reason of `request.signal` when that aborts, at any stage
   * @throws {BusError} BUS_URL_INVALID, BUS_HEADER_INVALID, BUS_OPTION_INVALID: nothing was sent, and it never will be
   * @throws {BusError} BUS_ADDRESS_REFUSED when the target is no public address and is not allowed: nothing was sent
   * @throws {BusError} BUS_TIMEOUT when no answer began before the deadline
   * @throws {BusError} BUS_HTTP_FAILED when look-up, connect, TLS or the exchange failed
   * @throws {BusError} BUS_NOT_RUNNING when the transport was stopped before an answer began
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes every socket, idle or busy; requests under way reject. Idempotent; resolves when none is left. */
  stop(): Promise<void>;
}

export interface HttpRequest {
  /** A GET takes no body. */
  readonly method: "POST" | "GET" | "PUT" | "PATCH" | "DELETE";
  /** An absolute http or https URL without credentials. */
  readonly url: string;
  /** Names in any case. Those that frame the message are refused: see `checkHeaders`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, with its exact length. */
  readonly body?: string | Uint8Array;
  /** One deadline over look-up, connect, TLS, sending, headers and body. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** How much of the answer's body is kept; the connection is closed when there is more. @default 65536 */
  readonly maxAnswerBytes?: number;
  /** Private targets of this request, in addition to the transport's own. Must not change while requests use it. */
  readonly allow?: AllowList;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** At most `maxAnswerBytes`, as sent: never decompressed. */
  readonly body: Uint8Array;
  /** Whether the body is not all there: see `HttpTransport.request`. */
  readonly isTruncated: boolean;
  /** From the call to the end of the body. */
  readonly latencyMs: number;
}

/** What a sink depends on to speak HTTP. */
export const HTTP_TRANSPORT: Token<HttpTransport> = token("bus:http-transport");
