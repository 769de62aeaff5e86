import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

interface Webhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The status a receiver answers its `count`th webhook with; undefined: it never answers. */
type Answer = (webhook: Webhook, count: number) => number | undefined;

export interface Receivers extends AsyncDisposable {
  readonly endpoints: readonly { readonly id: string; readonly url: string }[];
}

/** Four customers' servers, from the one every sender hopes for to the one that has gone. */
export async function startReceivers(secret: string): Promise<Receivers> {
  const answers: Readonly<Record<string, Answer>> = {
    good: (webhook) => (isSigned(webhook, secret) ? 204 : 401),
    flaky: (_, count) => (count <= 2 ? 503 : 204),
    silent: () => undefined,
    gone: () => 410,
  };
  const servers = new Map(Object.entries(answers).map(([id, answer]) => [id, receiver(answer)]));
  await Promise.all([...servers.values()].map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
  return {
    endpoints: [...servers].map(([id, server]) => ({ id, url: `http://127.0.0.1:${portOf(server)}/webhooks` })),
    async [Symbol.asyncDispose]() {
      for (const server of servers.values()) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function receiver(answer: Answer): Server {
  let count = 0;
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const status = answer({ headers: request.headers, body }, ++count);
    if (status !== undefined) response.writeHead(status).end();
  };
  return createServer((request, response) => void respond(request, response));
}

/** What every receiver should do before it believes a webhook. */
function isSigned({ headers, body }: Webhook, secret: string): boolean {
  const timestamp = String(headers["x-trino-timestamp"]);
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(String(headers["x-trino-signature"]).replace("sha256=", ""), "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
