import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { BusError, systemClock } from "@bus/core";
import got from "got";
import { addressGuard, type AddressGuard } from "./address-guard.ts";
import type { AllowList } from "./allow-list.ts";
import { GuardedHttpAgent, GuardedHttpsAgent } from "./guarded-agents.ts";
import { checkHeaders } from "./headers.ts";
import type { HttpAnswer, HttpRequest, HttpTransport } from "./http-transport.ts";
import { readAnswer } from "./read-answer.ts";
import { resolveHost, type ResolveHost } from "./resolve-host.ts";
import { parseTargetUrl } from "./target-url.ts";
import { transportError } from "./transport-error.ts";

export interface GotTransportOptions {
  /** Private targets that every request may reach. @default none */
  readonly allow?: AllowList;
  /** Sent unless a request has a `user-agent` of its own. @default "bus-http" */
  readonly userAgent?: string;
  /** Finds the addresses of a host name. Its answers are checked like any other. @default `resolveHost`: DNS, then the operating system */
  readonly resolve?: ResolveHost;
}

/** got does less than it could here: what it would do beyond one plain exchange is the engine's work, or an attacker's chance. */
const client = got.extend({
  retry: { limit: 0 },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
});

/**
 * The HTTP transport of Bus, over got. Opens no socket before the first request.
 *
 * @throws {BusError} BUS_OPTION_INVALID, BUS_HEADER_INVALID for the user agent
 */
export function gotTransport(options: GotTransportOptions = {}): HttpTransport {
  const { allow = [], userAgent = "bus-http", resolve = resolveHost } = options;
  const defaults = { "user-agent": userAgent, "accept-encoding": "identity" };
  checkHeaders(defaults);
  const sharedGuard = addressGuard(allow);
  // By identity: a sink gives the same list with every request, and reading one costs more than a request's headers.
  const guards = new WeakMap<AllowList, AddressGuard>();
  const http = new GuardedHttpAgent(resolve);
  const https = new GuardedHttpsAgent(resolve);
  const underway = new Map<AbortController, Promise<HttpAnswer>>();
  let isStopped = false;

  const guardFor = (own: AllowList): AddressGuard => {
    const guard = guards.get(own) ?? addressGuard([...allow, ...own]);
    guards.set(own, guard);
    return guard;
  };

  const exchange = async (request: HttpRequest, url: URL, life: AbortController): Promise<HttpAnswer> => {
    const { method, headers = {}, body, maxAnswerBytes = 64 * 1024 } = request;
    const guard = request.allow ? guardFor(request.allow) : sharedGuard;
    const startedAt = systemClock.steady();
    const stream = client.stream(url, {
      method,
      headers: { ...defaults, ...lowerCased(headers) },
      // Without a body, got waits for one to be piped in.
      ...(method !== "GET" && { body: body ?? "" }),
      signal: life.signal,
      request(target, args, done) {
        const isTls = target.protocol === "https:";
        const guarded = { ...args, guard, agent: isTls ? https : http };
        return (isTls ? httpsRequest : httpRequest)(target, guarded, done);
      },
    });
    const answer = await readAnswer(stream, maxAnswerBytes, life.signal);
    return { ...answer, latencyMs: systemClock.steady() - startedAt };
  };

  return Object.freeze({
    async request(request: HttpRequest): Promise<HttpAnswer> {
      if (isStopped) throw stopped();
      request.signal?.throwIfAborted();
      const url = parseTargetUrl(request.url);
      checkHeaders(request.headers ?? {});
      if (request.method === "GET" && request.body !== undefined) throw new TypeError("A GET request takes no body.");

      const life = new AbortController();
      const end = () => life.abort(request.signal?.reason);
      request.signal?.addEventListener("abort", end, { once: true });
      const { deadlineMs } = request;
      const cancelDeadline = systemClock.schedule(
        () => life.abort(new BusError("BUS_TIMEOUT", [`The request to ${url.origin}`, deadlineMs])),
        deadlineMs,
      );
      try {
        const answer = exchange(request, url, life);
        underway.set(life, answer);
        return await answer;
      } catch (error) {
        throw life.signal.aborted ? life.signal.reason : transportError(error, url);
      } finally {
        underway.delete(life);
        cancelDeadline();
        request.signal?.removeEventListener("abort", end);
      }
    },

    async stop(): Promise<void> {
      isStopped = true;
      const left = [...underway.values()];
      for (const life of underway.keys()) life.abort(stopped());
      http.destroy();
      https.destroy();
      await Promise.allSettled(left);
    },
  });
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function stopped(): BusError {
  return new BusError("BUS_NOT_RUNNING", ["An HTTP request", "stopped"]);
}
