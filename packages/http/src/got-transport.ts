import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { GuardedHttpAgent, GuardedHttpsAgent } from "./guarded-agents.ts";
import { guardedTransport, type CheckedRequest, type HttpClient } from "./guarded-transport.ts";
import type { HttpTransport } from "./http-transport.ts";
import type { PendingAnswer } from "./pending-answer.ts";
import type { ResolveHost } from "./resolve-host.ts";
import type { TransportOptions } from "./transport-options.ts";

/**
 * The HTTP transport of Bus, over got. Opens no socket before the first request.
 *
 * @throws {BusError} BUS_OPTION_INVALID, BUS_HEADER_INVALID for the user agent
 */
export function gotTransport(options: TransportOptions = {}): HttpTransport {
  return guardedTransport(options, gotClient);
}

async function gotClient(resolve: ResolveHost): Promise<HttpClient> {
  const { default: got } = await import("got");
  const http = new GuardedHttpAgent(resolve);
  const https = new GuardedHttpsAgent(resolve);
  // got does less than it could here: what it would do beyond one plain exchange is the engine's work, or an attacker's chance.
  const client = got.extend({
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
  });

  return {
    send({ method, url, headers, body = "", guard }: CheckedRequest, answer: PendingAnswer): void {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      const framing = method === "GET" ? {} : { "content-length": String(bytes.length) };
      const stream = client.stream(url, {
        method,
        headers: { ...headers, ...framing },
        request(target, args, done) {
          const isTls = target.protocol === "https:";
          const guarded = { ...args, guard, agent: isTls ? https : http, joinDuplicateHeaders: true };
          const outgoing = (isTls ? httpsRequest : httpRequest)(target, guarded, done);
          outgoing.once("socket", (socket) => answer.comesOver(socket));
          return outgoing.once("upgrade", (_answer, upgraded) => {
            // Node leaves the socket to whoever listens, and otherwise tells nobody.
            upgraded.destroy();
            answer.fail(new Error("The target switched to another protocol."));
          });
        },
      });
      answer.closeWith(() => stream.destroy());
      stream.on("error", (error) => answer.fail(error));
      stream.once("response", (response) => {
        answer.begin(response.statusCode, response.headers);
        // Past got, which reads it into a queue of its own: 64 KiB in the tiniest chunks take 12 MB there.
        response.removeAllListeners("readable");
        response.on("data", (part: Uint8Array) => answer.add(part));
        response.once("end", () => answer.complete());
      });
      // Not by the option `body`: got copies that, and sends it in parts with a turn of the event loop after each.
      if (method !== "GET") stream.end(bytes);
    },

    async close(): Promise<void> {
      http.destroy();
      https.destroy();
    },
  };
}
