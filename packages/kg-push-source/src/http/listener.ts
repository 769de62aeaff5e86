import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "@bus/core";

/** `awaitsContinue`: the caller waits to be asked for its body. */
export type Serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => void;

/** The source's own server. */
export class Listener {
  readonly #server: Server;
  readonly #logger: Logger;
  readonly #at: { readonly port: number; readonly host: string };

  constructor(at: { readonly port: number; readonly host: string }, serve: Serve, logger: Logger) {
    this.#at = at;
    this.#logger = logger;
    this.#server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000 })
      .on("request", (request, response) => serve(request, response, false))
      // A body is only asked for once it is wanted.
      .on("checkContinue", (request, response) => serve(request, response, true));
  }

  /** `http://127.0.0.1:8080`; undefined while it does not listen. */
  get origin(): string | undefined {
    const { address, port, family } = (this.#server.address() ?? {}) as Partial<AddressInfo>;
    if (address === undefined) return undefined;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
  }

  /** Rejects when the port is taken. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(this.#at, () => {
        // Without a listener, an error such as too many open files would end the process.
        this.#server.off("error", reject).on("error", (err) => this.#logger.error({ err }, "The listener failed."));
        resolve();
      });
    });
  }

  /** Takes no more connections, and closes those there are once `answered` settles. */
  async close(answered: Promise<unknown>): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await answered;
    this.#server.closeAllConnections();
    await closed;
  }
}
