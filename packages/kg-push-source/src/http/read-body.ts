import { RefusedPush, unavailable } from "./refused-push.ts";

const FIRST_BYTES = 16 * 1024;

/** What arrives is counted, whatever was said of its length, and kept in one piece: a body of single bytes costs no more than any. */
export async function readBody(
  body: AsyncIterator<Uint8Array>,
  maxBytes: number,
  stopping: AbortSignal,
): Promise<Uint8Array> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(unavailable("The service is stopping", 5));
  stopping.addEventListener("abort", stop, { once: true });
  let held = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes));
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([next(body), stopped.promise]);
      if (done) return held.subarray(0, size);
      const needed = size + value.byteLength;
      if (needed > maxBytes) throw tooLarge(maxBytes);
      if (needed > held.byteLength) held = grown(held, Math.min(maxBytes, Math.max(needed, 2 * held.byteLength)));
      held.set(value, size);
      size = needed;
    }
  } finally {
    stopping.removeEventListener("abort", stop);
  }
}

export function tooLarge(maxBytes: number): RefusedPush {
  return new RefusedPush(413, `The body is larger than ${maxBytes} bytes`);
}

async function next(body: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array, unknown>> {
  try {
    return await body.next();
  } catch (cause) {
    throw new RefusedPush(400, "The body broke off", { cause });
  }
}

function grown(held: Buffer<ArrayBuffer>, bytes: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(bytes);
  held.copy(larger);
  return larger;
}
