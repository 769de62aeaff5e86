import type { Server } from "node:http";

/** For a server that is about to close: ends connections as their answers go out, and after `limitMs` those that still wait for one. */
export function drain(server: Server, limitMs: number): void {
  if (!server.listening) return;
  // A closed server lets a client keep a connection that is in use, and with it the process, for as long as it sends requests.
  server.prependListener("request", (_request, response) => response.setHeader("connection", "close"));
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const limit = setTimeout(() => server.closeAllConnections(), limitMs);
  server.once("close", () => {
    clearInterval(idle);
    clearTimeout(limit);
  });
}
