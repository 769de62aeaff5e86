import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** From now on it answers so. */
  answer(answer: Answer): void;
}

/** Answers the request that is the `count`th; without an answer it hangs. */
type Answer = (response: ServerResponse, count: number) => void;

/** A real server that keeps what it got, and answers as told. Closed with the test. */
export async function aReceiver(answer: Answer = (response) => response.end("ok")): Promise<Receiver> {
  const received: Received[] = [];
  let current = answer;
  const server = createServer(async (request: IncomingMessage, response) => {
    const { method, url: path, headers } = request;
    received.push({ method, path, headers, body: await buffer(request) });
    current(response, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, received, answer: (next) => void (current = next) };
}

/** Answers with this status alone. */
export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(code, headers).end();
}
