import { createHash } from "node:crypto";

/** What tells one request from another. */
export interface KeyedRequest {
  readonly environment: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Of each trigger, in order. */
  readonly epochs: readonly number[];
}

/**
 * The same for the same request in the same epochs, so that a server which keeps its answers gives the one it gave, or says that it is still
 * at it. It keeps errors too, for a day: a new epoch asks it anew.
 */
export function idempotencyKey({ environment, method, path, body, epochs }: KeyedRequest): string {
  const head = JSON.stringify([environment, method, path, epochs.some((epoch) => epoch > 0) ? epochs : []]);
  // JSON has no line break outside of its texts and writes those inside as "\n": the head ends where the first one is.
  return createHash("sha256").update(head).update("\n").update(body).digest("base64url");
}
