import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";

/** How long a call that was told to stop may still take to say what came of it. */
const GRACE_MS = 250;

/**
 * Runs `work` with a signal that aborts after `timeoutMs` or when `stopped` does, and stops waiting for it shortly after that.
 *
 * @throws {BusError} BUS_TIMEOUT, or the reason of `stopped`, when `work` does not end by itself.
 */
export async function withDeadline<T>(
  what: string,
  work: (signal: AbortSignal) => Promise<T> | T,
  { timeoutMs, clock, stopped }: { timeoutMs: number; clock: Clock; stopped?: AbortSignal },
): Promise<T> {
  const controller = new AbortController();
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>();
  let cancelGrace = (): void => {};
  const abort = (reason: unknown): void => {
    controller.abort(reason);
    cancelGrace();
    cancelGrace = clock.schedule(() => giveUp(reason), GRACE_MS);
  };
  const onStopped = (): void => abort(stopped?.reason);
  const cancelTimeout = clock.schedule(() => abort(new BusError("BUS_TIMEOUT", [what, timeoutMs])), timeoutMs);
  if (stopped?.aborted) onStopped();
  else stopped?.addEventListener("abort", onStopped, { once: true });
  try {
    return await Promise.race([work(controller.signal), givenUp]);
  } finally {
    cancelTimeout();
    cancelGrace();
    stopped?.removeEventListener("abort", onStopped);
  }
}
