import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { HttpTargetAnswer } from "./http-target.ts";
import type { TargetFault } from "./sink-target.ts";

const MOST_HUGE_BYTES = 64 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, " ");
const BETWEEN_DRIPS_MS = 10;

interface Exchange {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly response: ServerResponse;
  /** How the request would be answered without the fault. */
  readonly success: HttpTargetAnswer;
}

/** Answers as the fault has it; a slow answer is no other answer. What fails, or is garbage, shows the request in its answer, secrets and all, as some proxies do. */
export function answerFault(fault: Exclude<TargetFault, { kind: "slow" }>, exchange: Exchange): void {
  const { headers, response, success } = exchange;
  const begin = (): void => void response.writeHead(success.status, { "content-type": "application/json" });
  switch (fault.kind) {
    case "error":
      return fail(503, {}, exchange);
    case "status":
      return fail(fault.status, fault.headers ?? {}, exchange);
    case "reset":
      return void response.socket?.resetAndDestroy();
    case "cut":
      response.writeHead(success.status, { "content-type": "application/json", "content-length": "1000" });
      return void response.write("{", () => response.socket?.resetAndDestroy());
    case "hang":
      return;
    case "drip":
      begin();
      return drip(response);
    case "huge":
      begin();
      return pour(response);
    case "garbage":
      begin();
      return void response.end(`{"sent": ${JSON.stringify(headers)}, broken`);
  }
}

function fail(
  status: number,
  headers: Readonly<Record<string, string>>,
  { response, headers: sent, body }: Exchange,
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(status === 204 || status === 304 ? undefined : JSON.stringify({ error: "out of order", sent, body }));
}

function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write(" "), BETWEEN_DRIPS_MS);
  timer.unref();
  response.once("close", () => clearInterval(timer));
}

function pour(response: ServerResponse, sent = 0): void {
  for (let bytes = sent; bytes < MOST_HUGE_BYTES; bytes += CHUNK.length) {
    if (response.destroyed) return;
    if (!response.write(CHUNK)) {
      response.once("drain", () => pour(response, bytes + CHUNK.length));
      return;
    }
  }
  response.end();
}
