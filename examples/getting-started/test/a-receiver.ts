// #region receiver
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { verifyWebhook, type VerifiedWebhook } from "@bus/webhook-sink";
import { onTestFinished } from "vitest";

/** A customer's server. It answers with `statuses`, one after the other, then 204; `now` is the time it goes by. */
export async function aReceiver(now: () => number, ...statuses: number[]) {
  const receiver = { url: "", secret: "", received: new Array<VerifiedWebhook>() };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    receiver.received.push(verifyWebhook(body, request.headers, receiver.secret, { now: now() }));
    response.writeHead(statuses.shift() ?? 204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  return receiver;
}
// #endregion receiver
