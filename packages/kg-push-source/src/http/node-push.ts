import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "@bus/core";
import type { PushEndpoint } from "../push-endpoint.ts";
import { nextChunk } from "./next-chunk.ts";

/** For how long, and how much of, a body that was refused is still taken off the connection. */
const LINGER_MS = 5_000;
const LINGER_BYTES = 32 * 1024 * 1024;

/** Serves a request of node:http; resolves when its answer is out. `awaitsContinue`: the caller waits to be asked for its body. */
export async function nodePush(
  endpoint: PushEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  { clock, awaitsContinue }: { readonly clock: Clock; readonly awaitsContinue: boolean },
): Promise<void> {
  const isBodyGone = request.readableDidRead;
  const chunks: AsyncIterator<Uint8Array> = request.iterator({ destroyOnReturn: false });
  const answer = await endpoint.answer({
    method: request.method ?? "",
    path: pathOf(request),
    header: (name) => headerOf(request, name),
    isBodyGone,
    body: () => {
      if (awaitsContinue) response.writeContinue();
      return chunks;
    },
  });
  // The caller has gone, and no event will tell of it again.
  if (response.destroyed) return;
  const out = new Promise((resolve) => response.once("finish", resolve).once("close", resolve));
  const body = Buffer.from(answer.body);
  const headers = { ...answer.headers, "content-length": body.byteLength };
  if (request.readableEnded) {
    response.writeHead(answer.status, headers).end(body);
    await out;
    return;
  }
  response.writeHead(answer.status, { ...headers, connection: "close" });
  await Promise.race([out, new Promise<void>((resolve) => response.write(body, () => resolve()))]);
  void discard(chunks, clock).then(() => response.end());
}

/** The path of the URL, which a proxy's caller may have sent whole. */
export function pathOf({ url = "" }: IncomingMessage): string {
  if (!url.startsWith("/")) return URL.parse(url)?.pathname ?? url;
  return url.replace(/[?#].*$/s, "");
}

/** Node itself keeps the first of two Authorization headers, and says nothing of the other. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  const values = rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  return values.length > 0 ? values.join(", ") : undefined;
}

/**
 * Takes what the caller still sends, within bounds. A connection that is closed with bytes unread is reset, and a caller who writes all of its
 * body before it reads would learn of the reset only, not of the answer.
 */
async function discard(chunks: AsyncIterator<Uint8Array>, clock: Clock): Promise<void> {
  const timeUp = new AbortController();
  const cancel = clock.schedule(() => timeUp.abort(), LINGER_MS, false);
  try {
    for (let left = LINGER_BYTES; left > 0;) {
      const chunk = await nextChunk(chunks, timeUp.signal);
      if (!chunk || chunk.done) return;
      left -= chunk.value.byteLength;
    }
  } catch {
    // The caller has gone.
  } finally {
    cancel();
  }
}
