import { request as httpRequest } from "node:http";
import type { HttpAnswer, HttpRequest } from "@bus/http";

const MOST_BYTES = 64 * 1024;

/** Sends over node:http; once the answer has begun, nothing ends it but its end, or what is wrong with it. */
export async function requestUntilAnswered(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers = {}, body, signal } = request;
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const sent = httpRequest(url, { method, headers, agent: false });
  const abort = (): void => void sent.destroy(new Error("It was aborted."));
  const heedNoMore = (): void => signal?.removeEventListener("abort", abort);
  signal?.addEventListener("abort", abort);
  sent.on("error", (error) => {
    heedNoMore();
    reject(error);
  });
  sent.once("response", (response) => {
    heedNoMore();
    const plain = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    const chunks: Buffer[] = [];
    const resolveWith = (isTruncated: boolean): void =>
      resolve({
        status: response.statusCode ?? 0,
        headers: plain,
        body: Buffer.concat(chunks),
        isTruncated,
        latencyMs: 0,
      });
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (response.socket.bytesRead > MOST_BYTES) response.destroy();
    });
    response.on("error", () => undefined);
    response.once("close", () => resolveWith(!response.complete));
  });
  sent.end(body);
  return promise;
}
