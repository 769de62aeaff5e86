import { once } from "node:events";
import type { Server } from "node:http";
import { keptConnectionTest, limitTest } from "ticket-desk/test/server-stop-tests.ts";
import { drain } from "../src/drain.ts";

/** As Nest does: it closes the server after the hook that drains it. */
function drainAndClose(server: Server, limitMs: number): Promise<unknown> {
  drain(server, limitMs);
  return once(server.close(), "close");
}

limitTest(drainAndClose);
keptConnectionTest(drainAndClose);
