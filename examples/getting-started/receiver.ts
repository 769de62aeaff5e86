// #region receiver
import { createServer, type IncomingMessage, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { BusError } from "@bus/core";
import { verifyWebhook } from "@bus/webhook-sink";

/** A customer's server: it prints the webhooks that come with a good signature, and refuses all others. */
export function startReceiver(port: number, secret: string): Server {
  const server = createServer((request, response) => {
    void statusFor(request, secret)
      .catch(() => 500)
      .then((status) => response.writeHead(status).end());
  });
  return server.listen(port, "127.0.0.1");
}

async function statusFor(request: IncomingMessage, secret: string): Promise<number> {
  // The bytes as they came: a body that was parsed and written again is another.
  const body = await buffer(request);
  try {
    const { event, eventId } = verifyWebhook(body, request.headers, secret);
    console.log(`The receiver got ${event} of ${eventId}.`);
    return 204;
  } catch (error) {
    if (BusError.is(error, "BUS_SIGNATURE_INVALID")) return 401;
    throw error;
  }
}
// #endregion receiver
