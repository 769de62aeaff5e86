import { nextChunk } from "./next-chunk.ts";
import { RefusedPush, unavailable } from "./refused-push.ts";

const FIRST_BYTES = 16 * 1024;

/** What arrives is counted, whatever was said of its length, and kept in one piece: a body of single bytes costs no more than any. */
export async function readBody(
  body: AsyncIterator<Uint8Array>,
  maxBytes: number,
  stopping: AbortSignal,
): Promise<Uint8Array> {
  let held = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes));
  let size = 0;
  for (;;) {
    const chunk = await next(body, stopping);
    if (!chunk) throw unavailable("The service is stopping", 5);
    const { done, value } = chunk;
    if (done) return held.subarray(0, size);
    const needed = size + value.byteLength;
    if (needed > maxBytes) throw tooLarge(maxBytes);
    if (needed > held.byteLength) held = grown(held, Math.min(maxBytes, Math.max(needed, 2 * held.byteLength)));
    held.set(value, size);
    size = needed;
  }
}

export function tooLarge(maxBytes: number): RefusedPush {
  return new RefusedPush(413, `The body is larger than ${maxBytes} bytes`);
}

async function next(body: AsyncIterator<Uint8Array>, stopping: AbortSignal): ReturnType<typeof nextChunk> {
  try {
    return await nextChunk(body, stopping);
  } catch (cause) {
    throw new RefusedPush(400, "The body broke off", { cause });
  }
}

function grown(held: Buffer<ArrayBuffer>, bytes: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(bytes);
  held.copy(larger);
  return larger;
}
