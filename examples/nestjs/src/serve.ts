// #region serve
import "reflect-metadata";
import type { AddressInfo } from "node:net";
import { makeApp } from "./app.ts";

const { DESK_STORE = "bus.db", PORT = "3000", WEBHOOKS_ALLOW } = process.env;

const app = await makeApp({ path: DESK_STORE, allow: WEBHOOKS_ALLOW?.split(",") ?? [] });
// Without it no hook runs at a signal. With useProcessExit the process ends with 0, else by the signal.
app.enableShutdownHooks(["SIGTERM", "SIGINT"], { useProcessExit: true });
await app.listen(PORT);
console.log(`The desk listens on port ${(app.getHttpServer().address() as AddressInfo).port}.`);
// #endregion serve
