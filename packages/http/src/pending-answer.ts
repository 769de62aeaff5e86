import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import { expectBody, expectHead, expectNothing } from "./expected-bytes.ts";
import type { HttpAnswer } from "./http-transport.ts";
import { transportError } from "./transport-error.ts";

/**
 * An answer on its way. The client library feeds it, and whoever settles it first wins: the end of the body, the cap, a failure, or the
 * caller. What comes later changes nothing.
 */
export class PendingAnswer {
  /** Resolves with all but the latency; rejects as `HttpTransport.request` says. */
  readonly settled: Promise<Omit<HttpAnswer, "latencyMs">>;
  readonly #url: URL;
  readonly #maxBytes: number;
  readonly #resolve: (answer: Omit<HttpAnswer, "latencyMs">) => void;
  readonly #reject: (reason: unknown) => void;
  #isSettled = false;
  #status: number | undefined;
  #headers: Record<string, string> = {};
  #body = Buffer.alloc(0);
  #size = 0;
  #socket: Duplex | undefined;
  #close: (() => void) | undefined;

  constructor(url: URL, maxBytes: number) {
    const { promise, resolve, reject } = Promise.withResolvers<Omit<HttpAnswer, "latencyMs">>();
    this.settled = promise;
    this.#url = url;
    this.#maxBytes = maxBytes;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** How to end the exchange and close its connection: called when the answer settles before it is complete. Give it before sending. */
  closeWith(close: () => void): void {
    this.#close = close;
  }

  /** The socket that the answer comes over. Give it before the request is written there. */
  comesOver(socket: Duplex): void {
    this.#socket = socket;
    expectHead(socket);
  }

  /** The headers are in: from now on the answer counts, however its body ends. */
  begin(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = plainHeaders(headers);
    if (this.#socket) expectBody(this.#socket, this.#maxBytes);
  }

  /** A part of the body. The part beyond the cap is left out, and the connection closed. */
  add(bytes: Uint8Array): void {
    if (this.#isSettled) return;
    const fitting = bytes.subarray(0, this.#maxBytes - this.#size);
    this.#keep(fitting);
    if (fitting.length < bytes.length) this.#resolveWith(true);
  }

  /** The body is all there, as far as the library knows: it takes a reset, too, for the end of a body that has no length. */
  complete(): void {
    if (this.#socket?.errored) return this.fail(this.#socket.errored);
    if (this.#socket) expectNothing(this.#socket);
    this.#close = undefined;
    this.#resolveWith(false);
  }

  /** The exchange failed, or its deadline passed. What the receiver has answered stands. */
  fail(error: unknown): void {
    // What befell the socket says more than, say, that it can be written no longer.
    if (this.#status === undefined) this.end(transportError(this.#socket?.errored ?? error, this.#url));
    else this.#resolveWith(true);
  }

  /** Nobody wants the answer any more, begun or not. */
  end(reason: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#reject(reason);
    this.#close?.();
  }

  #resolveWith(isTruncated: boolean): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const body = this.#body.subarray(0, this.#size);
    this.#resolve({ status: this.#status ?? 0, headers: this.#headers, body, isTruncated });
    this.#close?.();
  }

  /** In one buffer that grows: a body may come in tiny parts, and an object for each would take far more room than its bytes. */
  #keep(bytes: Uint8Array): void {
    const size = this.#size + bytes.length;
    if (size > this.#body.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#maxBytes, Math.max(size, 2 * this.#body.length)));
      this.#body.copy(grown, 0, 0, this.#size);
      this.#body = grown;
    }
    this.#body.set(bytes, this.#size);
    this.#size = size;
  }
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = ""]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
