import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { BusError } from "@bus/core";
import type { Request } from "got";
import type { HttpAnswer } from "./http-transport.ts";

/**
 * Waits for the headers of the answer and reads its body up to `maxBytes`.
 *
 * Rejects while there are no headers, and later only when `signal` aborts for another reason than the deadline: what the receiver has
 * answered stands, even if its body never ends.
 */
export async function readAnswer(
  stream: Request,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Omit<HttpAnswer, "latencyMs">> {
  // got may fail more than once; the first failure is what is awaited, and none may be without a listener.
  stream.on("error", () => {});
  await once(stream, "response");
  const { response } = stream;
  if (response === undefined) throw new Error("got announced an answer that it does not have.");

  const chunks: Uint8Array[] = [];
  let size = 0;
  let isTruncated = false;
  try {
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk;
      chunks.push(bytes.subarray(0, maxBytes - size));
      size += bytes.byteLength;
      // Leaving the loop destroys the stream, and with it the socket.
      if (size > maxBytes) break;
    }
    isTruncated = size > maxBytes;
  } catch (error) {
    if (signal.aborted && !BusError.is(signal.reason, "BUS_TIMEOUT")) throw error;
    isTruncated = true;
  }
  return {
    status: response.statusCode,
    headers: plainHeaders(response.headers),
    body: Buffer.concat(chunks),
    isTruncated,
  };
}

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = ""]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
