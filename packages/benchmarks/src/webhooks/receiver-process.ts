/**
 * Receives webhooks in a process of its own, so that it costs the sender no time of its event loop. Run by `receiver.ts`.
 *
 * A path that begins with `/hang` is never answered, every other at once with 204.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ReceiverCommand, ReceiverReport } from "./receiver.ts";

const PUBLISHED_AT = /"content":"published at (\d+\.\d+)"/;

let latenciesMs: number[] = [];
let count = 0;
let hanging = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url?.startsWith("/hang")) {
      hanging++;
      return;
    }
    count++;
    const at = PUBLISHED_AT.exec(Buffer.concat(chunks).toString())?.[1];
    if (at !== undefined) latenciesMs.push(performance.timeOrigin + performance.now() - Number(at));
    response.writeHead(204).end();
  });
});
// What hangs is the sender's to end.
server.requestTimeout = 0;
server.keepAliveTimeout = 60_000;

process.on("message", (command: ReceiverCommand) => {
  if (command === "report") {
    const report: ReceiverReport = { count, hanging, latenciesMs };
    latenciesMs = [];
    count = 0;
    process.send?.(report);
  }
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
