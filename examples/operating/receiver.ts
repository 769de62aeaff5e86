import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A customer's server, which answers as it is told and keeps the ids of the events that it took. */
export interface Receiver {
  close(): Promise<void>;
  readonly url: string;
  readonly taken: readonly string[];
  answer: { readonly status: number; readonly text?: string };
}

export async function startReceiver(): Promise<Receiver> {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    const { status, text } = receiver.answer;
    if (status < 300) taken.push(String(request.headers["webhook-id"]));
    request.resume().once("end", () => response.writeHead(status).end(text));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    taken,
    answer: { status: 204 },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
