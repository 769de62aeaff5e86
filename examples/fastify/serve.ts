// #region serve
import type { AddressInfo } from "node:net";
import { makeApp } from "./app.ts";

const { DESK_STORE = "bus.db", PORT = "3000", WEBHOOKS_ALLOW } = process.env;

const app = await makeApp({ path: DESK_STORE, allow: WEBHOOKS_ALLOW?.split(",") ?? [] }, { level: "warn" });
await app.listen({ port: Number(PORT) });
console.log(`The desk listens on port ${(app.server.address() as AddressInfo).port}.`);

async function stop(): Promise<void> {
  // Answers the requests under way, and then runs the onClose hooks, the bus's among them.
  await app.close();
  // Nothing holds the process any more, and it ends; a worker of a cluster has its channel left.
  if (process.connected) process.disconnect();
}
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop());
// #endregion serve
