import { once } from "node:events";
import type { Server } from "node:http";
import type { DeskBus } from "./bus.ts";

// #region shut-down
/** Requests first, for they publish; then the bus, which finishes what is under way and leaves the rest to the next start. */
export async function shutDown(server: Server, bus: DeskBus, requestsMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A connection that is kept alive, or a request that never ends, would hold up the end for as long as its client likes.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const limit = setTimeout(() => server.closeAllConnections(), requestsMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
  try {
    await bus.stop();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
// #endregion shut-down
