/** Time, injected: every schedule of the bus asks this. */
export interface Clock {
  /** Wall time in ms since the epoch; it may step. For stamps that others read. */
  now(): number;
  /** Ms since the epoch by a clock that never steps while the process lives. For due times and leases. */
  steady(): number;
  /** Calls back once after `delayMs`; returns the cancel function. Keeps the process alive only if `isRef`. @default isRef true */
  schedule(callback: () => void, delayMs: number, isRef?: boolean): () => void;
}

/** Longer waits overflow Node's timers and would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.timeOrigin + performance.now(),
  schedule: (callback, delayMs, isRef = true) => {
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    if (!isRef) timer.unref();
    return () => clearTimeout(timer);
  },
};
