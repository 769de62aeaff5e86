import { BusError, systemClock } from "@bus/core";
import { addressGuard, type AddressGuard } from "./address-guard.ts";
import type { AllowList } from "./allow-list.ts";
import { checkedHeaders, checkHeaders } from "./headers.ts";
import type { HttpAnswer, HttpRequest, HttpTransport } from "./http-transport.ts";
import { PendingAnswer } from "./pending-answer.ts";
import { resolveHost, type ResolveHost } from "./resolve-host.ts";
import { parseTargetUrl } from "./target-url.ts";
import type { TransportOptions } from "./transport-options.ts";

/** What a transport needs of an HTTP library. */
export interface HttpClient {
  /** Sends the request over a socket that its guard has passed, and tells `answer` all that comes of it. Must not throw. */
  send(request: CheckedRequest, answer: PendingAnswer): void;
  /** Closes every socket; resolves when none is left. No request is under way any more. */
  close(): Promise<void>;
}

/** A request that may go out: nothing in it is left to check but the addresses. */
export interface CheckedRequest {
  readonly method: HttpRequest["method"];
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly guard: AddressGuard;
}

/**
 * A transport over the client that `load` gives. What does not depend on the library is here, and so the same for all: the checks before
 * anything is sent, the deadline, the signal, the answer's cap and the end.
 *
 * @param load called with the first request: a process that sends nothing does not pay for the library
 * @throws {BusError} BUS_OPTION_INVALID, BUS_HEADER_INVALID for the user agent
 */
export function guardedTransport(
  options: TransportOptions,
  load: (resolve: ResolveHost) => Promise<HttpClient>,
): HttpTransport {
  const { allow = [], userAgent = "bus-http", resolve = resolveHost } = options;
  const defaults = { "user-agent": userAgent, "accept-encoding": "identity" };
  checkHeaders(defaults);
  const sharedGuard = addressGuard(allow);
  // By identity: a sink gives the same list with every request, and reading one costs more than a request's headers.
  const guards = new WeakMap<AllowList, AddressGuard>();
  const underway = new Set<PendingAnswer>();
  let client: Promise<HttpClient> | undefined;
  let isStopped = false;

  const guardFor = (own: AllowList): AddressGuard => {
    const guard = guards.get(own) ?? addressGuard([...allow, ...own]);
    guards.set(own, guard);
    return guard;
  };

  const checked = (request: HttpRequest): CheckedRequest => {
    const { method, headers = {}, body } = request;
    const url = parseTargetUrl(request.url);
    const own = Object.fromEntries(checkedHeaders(headers));
    if (method === "GET" && body !== undefined) throw new TypeError("A GET request takes no body.");
    const guard = request.allow ? guardFor(request.allow) : sharedGuard;
    return { method, url, headers: { ...defaults, ...own }, body, guard };
  };

  return Object.freeze({
    async request(request: HttpRequest): Promise<HttpAnswer> {
      const ready = checked(request);
      const { signal, deadlineMs, maxAnswerBytes = 64 * 1024 } = request;
      const { send } = await (client ??= load(resolve));
      if (isStopped) throw stopped();
      signal?.throwIfAborted();

      const startedAt = systemClock.steady();
      const answer = new PendingAnswer(ready.url, maxAnswerBytes);
      const abort = () => answer.end(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      const cancelDeadline = systemClock.schedule(
        () => answer.fail(new BusError("BUS_TIMEOUT", [`The request to ${ready.url.origin}`, deadlineMs])),
        deadlineMs,
      );
      underway.add(answer);
      try {
        send(ready, answer);
        return { ...(await answer.settled), latencyMs: systemClock.steady() - startedAt };
      } finally {
        underway.delete(answer);
        cancelDeadline();
        signal?.removeEventListener("abort", abort);
      }
    },

    async stop(): Promise<void> {
      isStopped = true;
      for (const answer of underway) answer.end(stopped());
      const loaded = await client;
      await loaded?.close();
    },
  });
}

function stopped(): BusError {
  return new BusError("BUS_NOT_RUNNING", ["An HTTP request", "stopped"]);
}
