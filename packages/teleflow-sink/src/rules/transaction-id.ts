import { hash } from "node:crypto";
import { Misfit } from "./misfit.ts";

const LONGEST = 40;
const PREFIX = "tf_";
/** As many as the longest id has room for. */
const DIGEST_BYTES = 24;
const SHAPE = /^[A-Za-z0-9_-]{1,40}$/;

/** What a trigger is known by. Another of them in any part is another trigger. */
export interface TriggerOrigin {
  readonly environment: string;
  readonly eventId: string;
  readonly ruleId: string;
  /** Which hundred of the recipients, from 0. */
  readonly chunk: number;
}

/**
 * The same for the same origin, in every process. The service drops a second trigger of an id, so that sending one again is safe.
 *
 * @see docs/spec/teleflow.md#transactionid
 */
export function transactionIdOf({ environment, eventId, ruleId, chunk }: TriggerOrigin): string {
  // JSON, because texts that are just joined can be parted in two ways.
  const origin = JSON.stringify([environment, eventId, ruleId, chunk]);
  const digest = hash("sha256", origin, "buffer").subarray(0, DIGEST_BYTES);
  return PREFIX + base32(digest).slice(0, LONGEST - PREFIX.length);
}

/** One that nobody had before. It leaves room for what a chunk gets behind it. */
export function randomTransactionId(random: () => number): string {
  const bytes = Uint8Array.from({ length: 20 }, () => random() * 256);
  return PREFIX + base32(bytes);
}

/** One of the host's, for each hundred of recipients. @throws {Misfit} */
export function givenTransactionId(given: unknown, chunk: number): string {
  const id = chunk === 0 ? given : `${String(given)}_${chunk}`;
  if (typeof given === "string" && typeof id === "string" && SHAPE.test(id)) return id;
  const detail = chunk === 0 ? "" : `, with "_${chunk}" behind it for what is over ${chunk * 100} recipients`;
  throw new Misfit("transactionId", `expected 1 to ${LONGEST} letters, digits, "_" and "-"${detail}`);
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** Base32 (RFC 4648) in lower case, without padding: it needs no escape, and no two ids differ in case alone. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >>> (bits - 5)) & 31];
    held &= 31;
  }
  return text;
}
