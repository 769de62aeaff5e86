import { once } from "node:events";
import { createServer, STATUS_CODES, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Journal } from "./journal.ts";
import type { Verify } from "./verify.ts";

/** Takes what a genuine webhook says, and gives the status to answer with; undefined: there is no answer. */
export type Handle = (webhook: unknown) => number | undefined;

/** A customer's server. */
export interface Receiver {
  close(): Promise<void>;
  readonly url: string;
  /** Those that it trusts, as its owner has copied them from the settings page. */
  secrets: readonly string[];
  handle: Handle;
}

export async function startReceiver(verify: Verify, journal: Journal, handle: Handle): Promise<Receiver> {
  // #region receive
  const server = createServer((request, response) => {
    void statusFor(request)
      .catch((error: unknown) => {
        console.error(error);
        return 500;
      })
      .then((status) => status && response.writeHead(status).end(STATUS_CODES[status]));
  });

  async function statusFor(request: IncomingMessage): Promise<number | undefined> {
    // As it came: a body that was parsed and written again is another.
    const body = await buffer(request);
    const id = verify(body, request.headers, receiver.secrets);
    if (id === undefined) return 401;
    // It came before, and the desk did not get our answer.
    if (journal.hasAccepted(id)) return 204;
    const status = receiver.handle(JSON.parse(body.toString()));
    journal.note(id, status);
    return status;
  }
  // #endregion receive

  await once(server.listen(0, "127.0.0.1"), "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    secrets: [],
    handle,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
