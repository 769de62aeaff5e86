import { once } from "node:events";
import { limitTest } from "ticket-desk/test/server-stop-tests.ts";
import { drain } from "../drain.ts";

// That a client that sends on is told to take another connection, Fastify sees to itself.
limitTest((server, limitMs) => {
  drain(server, limitMs);
  return once(server.close(), "close");
});
