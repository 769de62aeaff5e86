// #region serve
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { makeApp } from "./app.ts";
import { makeBus } from "./bus.ts";
import { stopServer } from "./stop-server.ts";

const { DESK_STORE = "bus.db", PORT = "3000", WEBHOOKS_ALLOW } = process.env;

const bus = makeBus({ path: DESK_STORE, allow: WEBHOOKS_ALLOW?.split(",") ?? [] });
bus.events.on("error", (error) => console.error(error));
bus.events.on("dead", ({ eventId, destination, reason }) => console.error({ eventId, destination, reason }));
// Takes up what the last run has left. The webhooks are there from then on.
await bus.start();

const server = makeApp(bus).listen(Number(PORT));
await once(server, "listening");
console.log(`The desk listens on port ${(server.address() as AddressInfo).port}.`);
// #endregion serve

// #region stop
async function stop(): Promise<void> {
  // Whoever still waits for its 201 needs a bus that runs: so the server first.
  await stopServer(server, 5_000);
  // Finishes the deliveries under way. What is left stays on the disk, and nothing of it is under a lease.
  await bus.stop();
  // Nothing holds the process any more, and it ends; a worker of a cluster has its channel left.
  if (process.connected) process.disconnect();
}
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void stop());
// #endregion stop
