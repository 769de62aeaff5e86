/** The desk as a service: `node service.ts <database>`. It prints its URL, and ends on SIGTERM. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { makeBus } from "./bus.ts";
import { health } from "./health.ts";
import { shutDown } from "./shut-down.ts";
import { take } from "./take.ts";

const [path = "desk.db"] = process.argv.slice(2);
const bus = makeBus({ path, logger: console });
// #region start
// The bus first: a server that listens takes requests.
await bus.start();
const server = createServer((request, response) => {
  void answerTo(request.url ?? "")
    .catch((error: unknown) => {
      console.error(error);
      return { status: 500, body: {} };
    })
    .then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shutDown(server, bus, 5_000));
await once(server.listen(0, "127.0.0.1"), "listening");
// #endregion start
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

async function answerTo(url: string): Promise<{ readonly status: number; readonly body: object }> {
  if (url !== "/ready") return { status: await take(bus, Number(url.split("/")[2])), body: {} };
  const body = await health(bus);
  return { status: body.isReady ? 200 : 503, body };
}
