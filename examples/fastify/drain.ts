import type { Server } from "node:http";

// #region drain
/** For a server that is about to close: ends connections as their answers go out, and after `limitMs` those that still wait for one. */
export function drain(server: Server, limitMs: number): void {
  if (!server.listening) return;
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const limit = setTimeout(() => server.closeAllConnections(), limitMs);
  server.once("close", () => {
    clearInterval(idle);
    clearTimeout(limit);
  });
}
// #endregion drain
