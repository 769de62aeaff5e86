import { BusError } from "@bus/core";
import { verifySha256, verifyStandardWebhook, type VerifyOptions } from "@bus/http";
import { checkHmacSecret } from "./hmac-secret.ts";

/** Headers as a Fetch `Request` or Node's `IncomingMessage` has them. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** As the sender's `headerPrefix`. @default "X-Trino-" */
  readonly prefix?: string | undefined;
  /** How far the signed time may be from now, either way: what was recorded cannot be sent again later. @default 300_000 */
  readonly toleranceMs?: number | undefined;
  /** Ms since the epoch. @default Date.now() */
  readonly now?: number | undefined;
}

/** What a genuine webhook says. */
export interface VerifiedWebhook {
  /** Its name on the wire, from the signed body: "message_created". Undefined for a body that names none. */
  readonly event: string | undefined;
  /** The body, parsed; undefined when it is no JSON. */
  readonly payload: unknown;
  /**
   * The same on every attempt and at every webhook that gets the event: keep it to know what was handled already. Undefined when the request
   * has no Standard Webhooks signature, which alone vouches for it.
   */
  readonly eventId: string | undefined;
  /** The same on every attempt, for logs and questions to the sender: no signature vouches for it. */
  readonly deliveryId: string | undefined;
  /** The time of this attempt, ms since the epoch in whole seconds. */
  readonly sentAt: number;
}

/**
 * Checks, at a receiver, that the owner of one of the secrets has sent this body just now. Every signature that the request has is checked,
 * the desk's own and the Standard Webhooks one; it must have one of them.
 *
 * @param rawBody as it came: a body that was parsed and written again is another
 * @throws {BusError} BUS_SIGNATURE_INVALID, which says why: answer 401
 * @throws {BusError} BUS_SECRET_INVALID
 * @throws {TypeError} for a body that is not raw, or options that are no numbers
 * @see docs/spec/trino-webhooks.md#delivery
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  headers: ReceivedHeaders,
  secrets: string | readonly string[],
  options: VerifyWebhookOptions = {},
): VerifiedWebhook {
  const { prefix = "X-Trino-", toleranceMs = 300_000, now = Date.now() } = options;
  if (typeof rawBody !== "string" && !(rawBody instanceof Uint8Array))
    throw new TypeError(
      "verifyWebhook() takes the body as it came, a string or bytes: read it before anything parses it.",
    );
  // Every comparison with NaN is false, and so would find no timestamp too old.
  if (Number.isNaN(now - toleranceMs))
    throw new TypeError("verifyWebhook() takes now and toleranceMs in milliseconds.");
  const read = reader(headers);
  const keys = parsedKeys(secrets);
  const within = { now, toleranceSeconds: toleranceMs / 1000 };

  const own = verifyOwn(rawBody, prefix, read, keys, within);
  const standard = verifyStandard(rawBody, read, keys, within);
  const timestamp = own ?? standard?.timestamp;
  if (timestamp === undefined) throw invalid(`the request has neither "${prefix}Signature" nor "webhook-signature"`);
  const payload = parsed(rawBody);
  return {
    event: eventOf(payload),
    payload,
    eventId: standard?.id,
    deliveryId: read(`${prefix}Delivery`),
    sentAt: Number(timestamp) * 1000,
  };
}

/** For JavaScript, and for a variable of the environment that is not set. */
function parsedKeys(secrets: unknown): readonly string[] {
  const keys: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  return keys.map((key) => {
    if (typeof key !== "string") throw new BusError("BUS_SECRET_INVALID", ["it is no text: is it set?"]);
    checkHmacSecret(key);
    return key;
  });
}

type ReadHeader = (name: string) => string | undefined;

/** The time it vouches for, if it is there. */
function verifyOwn(
  body: string | Uint8Array,
  prefix: string,
  read: ReadHeader,
  keys: readonly string[],
  options: VerifyOptions,
): string | undefined {
  const signature = read(`${prefix}Signature`);
  if (signature === undefined) return undefined;
  const timestamp = read(`${prefix}Timestamp`) ?? "";
  verifySha256(keys, { signature, timestamp, body }, options);
  return timestamp;
}

/** The time and the event id it vouches for, if it is there. */
function verifyStandard(
  body: string | Uint8Array,
  read: ReadHeader,
  keys: readonly string[],
  options: VerifyOptions,
): { readonly id: string; readonly timestamp: string } | undefined {
  const signature = read("webhook-signature");
  if (signature === undefined) return undefined;
  const id = read("webhook-id");
  if (id === undefined) throw invalid('the request has no "webhook-id"');
  const timestamp = read("webhook-timestamp") ?? "";
  verifyStandardWebhook(keys, { id, timestamp, body, signature }, options);
  return { id, timestamp };
}

/** Names in any case. A header that came twice is refused: whoever reads the other one reads another request. */
function reader(headers: ReceivedHeaders): ReadHeader {
  // Not by class: a receiver may have the Headers of another package.
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return (name) => {
    const values = entries.flatMap(([key, value = []]) => (key.toLowerCase() === name.toLowerCase() ? value : []));
    if (values.length > 1) throw invalid(`the request has "${name}" more than once`);
    return values[0];
  };
}

function parsed(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function eventOf(payload: unknown): string | undefined {
  if (typeof payload !== "object" || payload === null || !("event" in payload)) return undefined;
  return typeof payload.event === "string" ? payload.event : undefined;
}

function invalid(detail: string): BusError {
  return new BusError("BUS_SIGNATURE_INVALID", [detail]);
}
