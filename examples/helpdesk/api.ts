import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { webhooksApi, type Webhooks } from "@bus/webhook-sink";

/** Who may manage which account. A desk would look its sessions up here. */
const ADMINS = new Map([
  ["Bearer the token of Acme's admin", "1"],
  ["Bearer the token of Globex's admin", "2"],
]);

export interface Api {
  close(): Promise<void>;
  readonly url: string;
}

/** The desk's own web server, with the REST API of the webhooks in it. */
export async function startApi(webhooks: Webhooks): Promise<Api> {
  // #region mount
  const api = webhooksApi({
    webhooks,
    authorize: (request, accountId) => ADMINS.get(request.headers.get("authorization") ?? "") === accountId,
    onError: (error) => console.error(error),
  });
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/api/v1/accounts/")) api.node(request, response);
    else response.writeHead(404).end();
  });
  // #endregion mount
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
