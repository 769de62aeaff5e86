import { once } from "node:events";
import type { Server } from "node:http";

// #region stop-server
/** Takes no more connections, answers the requests under way, and cuts off those that take longer than `limitMs`. */
export async function stopServer(server: Server, limitMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // close() lets a client keep a connection that is in use, and with it the process, for as long as it sends requests.
  server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const limit = setTimeout(() => server.closeAllConnections(), limitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
}
// #endregion stop-server
