import type { Offer, OfferAnswer, OfferFault, OpenUpstream, SourceUpstream } from "./source-upstream.ts";

export interface HttpUpstreamOptions<Api> {
  /** The body of a right request for this offer: JSON, or another text that blanks at its end do not harm. */
  readonly body: (offer: Offer) => string;
  /** Its headers: the content type, the id where it is sent in one, and what proves `offer.secret`, where there is one. */
  readonly headers: (offer: Offer, body: string) => Readonly<Record<string, string>>;
  /** @default "http://localhost/" */
  readonly url?: string;
  /** @default "POST" */
  readonly method?: string;
  /** How a request reaches the source: `(request, api) => api.fetch(request)`, or over the network. */
  readonly send: (request: Request, api: Api) => Promise<Response>;
  /** What it offers besides what is right: less for a source that serves whoever calls, takes any text, takes what is empty, or leaves sizes to the server before it. @default all */
  readonly faults?: readonly OfferFault[];
}

export const OVERSIZED_BYTES: number = 64 * 1024 * 1024;

const ALL_FAULTS: readonly OfferFault[] = ["unauthorized", "malformed", "empty", "oversized"];
/** One for all: what a source keeps of it costs nothing before it is put together. */
const BLANKS = new Uint8Array(64 * 1024).fill(0x20);
/** Below 500, and yet the caller tries again. */
const AGAIN = new Set([408, 425, 429]);

/** An upstream for `sourceSuite` that calls the source over HTTP: what requests look like is yours to say, what is wrong with some is its own. */
export function httpUpstream<Api>(options: HttpUpstreamOptions<Api>): SourceUpstream {
  const { faults = ALL_FAULTS } = options;
  return {
    kind: "caller",
    faults,
    open: async () => new HttpUpstream(options),
  };
}

class HttpUpstream<Api> implements OpenUpstream {
  readonly #options: HttpUpstreamOptions<Api>;

  constructor(options: HttpUpstreamOptions<Api>) {
    this.#options = options;
  }

  async offer(offer: Offer, api: Api): Promise<OfferAnswer> {
    const { send } = this.#options;
    const right = this.#options.body(offer);
    const body = offer.spoil?.(right) ?? right;
    const large = offer.isOversized ? new LargeBody(right) : undefined;
    const request = this.#request(this.#options.headers(offer, body), large?.stream ?? bodyOf(body));
    try {
      const response = await send(request, api);
      const { status } = response;
      const headers = Object.fromEntries(response.headers);
      const text = await response.text();
      return { kind: kindOf(status), status, text, headers, readBytes: large?.readBytes };
    } catch (error) {
      // As a connection that is lost: the caller knows nothing of what it sent.
      return { kind: "again", text: String(error), readBytes: large?.readBytes };
    }
  }

  async close(): Promise<void> {}

  #request(headers: Readonly<Record<string, string>>, body: string | ReadableStream<Uint8Array>): Request {
    const { url = "http://localhost/", method = "POST" } = this.#options;
    return new Request(url, { method, headers, body, ...(typeof body !== "string" && { duplex: "half" }) });
  }
}

function kindOf(status: number): OfferAnswer["kind"] {
  if (status >= 200 && status < 300) return "taken";
  return status >= 400 && status < 500 && !AGAIN.has(status) ? "refused" : "again";
}

/** A text with letters beyond ASCII comes byte by byte: a network may cut through each of them. */
function bodyOf(text: string): string | ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return bytes.length === text.length ? text : ReadableStream.from(Array.from(bytes, (byte) => Uint8Array.of(byte)));
}

/** A body that nobody has said the length of: right, but for the blanks at its end, which go on for 64 MiB. */
class LargeBody {
  readBytes = 0;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(right: string) {
    let next = new TextEncoder().encode(right);
    this.stream = new ReadableStream(
      {
        pull: (controller) => {
          if (this.readBytes >= OVERSIZED_BYTES) return controller.close();
          controller.enqueue(next);
          this.readBytes += next.byteLength;
          next = BLANKS;
        },
      },
      { highWaterMark: 0 },
    );
  }
}
