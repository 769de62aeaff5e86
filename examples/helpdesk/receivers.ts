import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
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

/**
 * Four customers' servers, from the one every sender hopes for to the one that has gone. What each gets is noted in the file `journal`, if there
 * is one, so that they go on counting when the desk is started again: real ones would not have been killed with it.
 */
export async function startReceivers(secret: string, journal?: string): Promise<Receivers> {
  const answers: Readonly<Record<string, Answer>> = {
    good: (webhook) => (isSigned(webhook, secret) ? 204 : 401),
    flaky: (_, count) => (count <= 2 ? 503 : 204),
    silent: () => undefined,
    gone: () => 410,
  };
  const noted = journal !== undefined && existsSync(journal) ? readFileSync(journal, "utf8").split("\n") : [];
  const servers = new Map(
    Object.entries(answers).map(([id, answer]) => {
      const before = noted.filter((line) => line.startsWith(`${id} `)).length;
      return [id, receiver(answer, before, (delivery) => journal && appendFileSync(journal, `${id} ${delivery}\n`))];
    }),
  );
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

function receiver(answer: Answer, before: number, note: (delivery: string) => void): Server {
  let count = before;
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    note(String(request.headers["x-trino-delivery"]));
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
