import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Document {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** A search index on loopback, which goes out of order when told to. */
export class SearchServer {
  /** By index and id: a document that comes twice is there once. */
  readonly documents = new Map<string, Document>();
  isOutOfOrder = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body } = await this.#answerTo(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  async #answerTo(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    const body = await text(request);
    if (this.isOutOfOrder) return { status: 503, body: {} };
    if (request.method === "GET") return { status: 200, body: {} };
    const [, , index = ""] = request.url?.split("/") ?? [];
    const { documents } = JSON.parse(body) as { documents: readonly Document[] };
    for (const document of documents) this.documents.set(`${index}/${document.id}`, document);
    return { status: 200, body: { results: documents.map(() => "stored") } };
  }
}
