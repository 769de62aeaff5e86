/** What a sink says of one delivery; it tells the engine what to do next. Made by the functions of this file. */
export type Outcome =
  | { readonly kind: "delivered"; readonly info?: AttemptInfo }
  | { readonly kind: "skipped"; readonly reason: string; readonly info?: AttemptInfo }
  | {
      readonly kind: "retry";
      readonly reason: string;
      readonly afterMs?: number;
      readonly isFree: boolean;
      readonly info?: AttemptInfo;
    }
  | { readonly kind: "rejected"; readonly reason: string; readonly info?: AttemptInfo }
  | {
      readonly kind: "pause";
      readonly reason: string;
      readonly probeAfterMs: number;
      readonly isFree: boolean;
      readonly info?: AttemptInfo;
    }
  | { readonly kind: "disable"; readonly reason: string; readonly info?: AttemptInfo };

/** What is kept with an attempt for whoever reads the delivery log. No secrets: it is stored and shown. */
export interface AttemptInfo {
  /** The HTTP status or the like: a whole number. */
  readonly status?: number;
  /** The beginning of the answer, or an id the target gave. Cut to 4 KiB. */
  readonly detail?: string;
}

/** The target has it. */
export function delivered(info?: AttemptInfo): Outcome {
  return { kind: "delivered", ...(info && { info }) };
}

/** It is meant not to be sent (privacy, a filter); counted apart from delivered, never an error. */
export function skipped(reason: string, info?: AttemptInfo): Outcome {
  return { kind: "skipped", reason, ...(info && { info }) };
}

/**
 * Try again, by the retry schedule. `afterMs` is a lower bound on the wait, capped at 24 h. A free retry does not use up an attempt.
 */
export function retry(reason: string, options: { afterMs?: number; free?: boolean; info?: AttemptInfo } = {}): Outcome {
  const { afterMs, free = false, info } = options;
  return { kind: "retry", reason, isFree: free, ...(afterMs !== undefined && { afterMs }), ...(info && { info }) };
}

/** It will never be accepted: dead letter now. */
export function rejected(reason: string, info?: AttemptInfo): Outcome {
  return { kind: "rejected", reason, ...(info && { info }) };
}

/**
 * The whole destination is out of order: its lane waits `probeAfterMs`, then tries one delivery. No attempt is used up, unless `free` is false: then
 * the delivery is retried by its schedule, so that one which is at fault itself is not what is tried each time.
 */
export function pause(reason: string, options: { probeAfterMs: number; free?: boolean; info?: AttemptInfo }): Outcome {
  const { probeAfterMs, free = true, info } = options;
  return { kind: "pause", reason, probeAfterMs, isFree: free, ...(info && { info }) };
}

/** The destination is gone: its lane is disabled and its deliveries are parked until someone enables it. */
export function disable(reason: string, info?: AttemptInfo): Outcome {
  return { kind: "disable", reason, ...(info && { info }) };
}
