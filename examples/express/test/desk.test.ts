import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { deskSuite } from "ticket-desk/test/desk-suite.ts";
import { makeApp } from "../app.ts";
import { makeBus } from "../bus.ts";
import { stopServer } from "../stop-server.ts";

deskSuite({
  script: join(import.meta.dirname, "../serve.ts"),
  log: console,
  async open(settings) {
    const bus = makeBus(settings);
    await bus.start();
    const server = makeApp(bus).listen(0);
    await once(server, "listening");
    return {
      bus,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async stop() {
        await stopServer(server, 1_000);
        await bus.stop();
      },
    };
  },
});
