import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { BusError } from "@bus/core";
import { verifyWebhook, type VerifiedWebhook } from "@bus/webhook-sink";

/** A customer's server: it takes what is signed with its secret. */
export interface Receiver {
  readonly url: string;
  /** As its owner has copied it from the answer that made the webhook. */
  secret: string;
  /** What it answers to a genuine webhook. */
  status: number;
  /** Resolves with all that it was sent, once there are so many. */
  has(count: number): Promise<readonly VerifiedWebhook[]>;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const webhooks: VerifiedWebhook[] = [];
  const arrivals = new EventEmitter();

  const server = createServer((request, response) => {
    void statusFor(request).then((status) => response.writeHead(status).end());
  });

  async function statusFor(request: IncomingMessage): Promise<number> {
    try {
      webhooks.push(verifyWebhook(await buffer(request), request.headers, receiver.secret));
      arrivals.emit("webhook");
      return receiver.status;
    } catch (error) {
      return BusError.is(error, "BUS_SIGNATURE_INVALID") ? 401 : 500;
    }
  }

  await once(server.listen(0, "127.0.0.1"), "listening");

  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    secret: "not known yet",
    status: 204,
    async has(count) {
      while (webhooks.length < count) await once(arrivals, "webhook");
      return webhooks;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}
