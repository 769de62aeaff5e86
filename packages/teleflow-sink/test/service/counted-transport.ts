import { gotTransport, type HttpRequest, type HttpTransport } from "@bus/http";

/** A request as the sink saw it. */
export interface Exchange {
  readonly path: string;
  readonly body: string;
  readonly key: string | undefined;
  readonly transactionIds: readonly string[];
  /** Undefined where no answer was heard. */
  status: number | undefined;
}

/** Real requests, of which the test knows when one is under way, and what for. */
export class CountedTransport implements HttpTransport {
  readonly #transport = gotTransport();
  readonly #waiting = new Set<() => void>();
  readonly #out = new Set<string>();
  /** Transaction ids that were in two requests at once. */
  readonly twiceOut: string[] = [];
  /** Of triggers and broadcasts, in the order in which they began. */
  readonly exchanges: Exchange[] = [];
  underWay = 0;

  async request(...[request]: Parameters<HttpTransport["request"]>): ReturnType<HttpTransport["request"]> {
    const exchange = exchangeOf(request);
    const ids = exchange.transactionIds;
    if (ids.length > 0) this.exchanges.push(exchange);
    this.twiceOut.push(...ids.filter((id, place) => this.#out.has(id) || ids.indexOf(id) !== place));
    for (const id of ids) this.#out.add(id);
    this.underWay += 1;
    try {
      const answer = await this.#transport.request(request);
      exchange.status = answer.status;
      return answer;
    } finally {
      this.underWay -= 1;
      for (const id of ids) this.#out.delete(id);
      for (const done of this.#waiting) done();
      this.#waiting.clear();
    }
  }

  /** Resolves when a request has ended. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }
}

function exchangeOf({ url, body = "", headers = {} }: HttpRequest): Exchange {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const transactionIds = [...text.matchAll(/"transactionId":"([^"]+)"/g)].map(([, id]) => String(id));
  const name = Object.keys(headers).find((header) => header.toLowerCase() === "idempotency-key");
  return { path: new URL(url).pathname, body: text, key: name && headers[name], transactionIds, status: undefined };
}
