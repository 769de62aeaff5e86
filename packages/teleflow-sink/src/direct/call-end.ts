import type { Clock } from "@bus/core";

/** Resolves with the work, or rejects with the reason of the signal, whichever comes first. */
export async function endedBy<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (): void => reject(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([ended, work]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** Rejects with the reason of the signal, if that comes first. */
export async function waitFor(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(resolve, ms);
  await endedBy(signal, promise).finally(cancel);
}
