import { createHmac, timingSafeEqual, type Hmac } from "node:crypto";
import { BusError } from "@bus/core";
import { checkTimestamp, type VerifyOptions } from "./signed-timestamp.ts";

/** What came with a request signed by {@link signSha256}. */
export interface Sha256Message {
  /** The signature header as it came. */
  readonly signature: string;
  /** The timestamp header as it came: unix seconds. */
  readonly timestamp: string | number;
  /** The bytes as they came, before any parsing. */
  readonly body: string | Uint8Array;
}

/**
 * Signs `{timestamp}.{body}`: "sha256=" and lowercase hex, one for each secret, comma-separated. Give the new secret and the old one
 * while receivers move from one to the other.
 *
 * @param timestamp unix seconds
 * @throws {BusError} BUS_SECRET_INVALID
 * @see docs/spec/trino-webhooks.md#delivery
 */
export function signSha256(secrets: readonly string[], timestamp: number, body: string | Uint8Array): string {
  return checked(secrets)
    .map((secret) => `sha256=${hmac(secret, timestamp, body).digest("hex")}`)
    .join(",");
}

/**
 * Returns if any of the signatures was made with any of the secrets, in constant time for each pair.
 *
 * @throws {BusError} BUS_SIGNATURE_INVALID, which says why
 * @throws {BusError} BUS_SECRET_INVALID
 */
export function verifySha256(secrets: readonly string[], message: Sha256Message, options: VerifyOptions = {}): void {
  const { signature, timestamp, body } = message;
  const expected = checked(secrets).map((secret) => hmac(secret, timestamp, body).digest());
  const given = signature.split(",").flatMap((part) => {
    const hex = /^\s*sha256=([0-9a-f]{64})\s*$/i.exec(part)?.[1];
    return hex === undefined ? [] : [Buffer.from(hex, "hex")];
  });

  if (given.length === 0) throw new BusError("BUS_SIGNATURE_INVALID", ["it has no sha256= part"]);
  if (!given.some((mine) => expected.some((yours) => timingSafeEqual(mine, yours)))) {
    throw new BusError("BUS_SIGNATURE_INVALID", ["it does not match the body, the timestamp and any secret"]);
  }
  checkTimestamp(timestamp, options);
}

function checked(secrets: readonly string[]): readonly string[] {
  if (secrets.length === 0) throw new BusError("BUS_SECRET_INVALID", ["there is none"]);
  if (secrets.includes("")) throw new BusError("BUS_SECRET_INVALID", ["it is empty"]);
  return secrets;
}

function hmac(secret: string, timestamp: string | number, body: string | Uint8Array): Hmac {
  return createHmac("sha256", secret).update(`${timestamp}.`).update(body);
}
