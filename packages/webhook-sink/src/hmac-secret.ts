import { BusError } from "@bus/core";

/**
 * The desk's own signature is an HMAC. As its secret, the text of an ed25519 key would be mere text, and that of a public key no secret.
 *
 * @throws {BusError} BUS_SECRET_INVALID
 */
export function checkHmacSecret(secret: string): void {
  if (/^wh[sp]k_/.test(secret))
    throw new BusError("BUS_SECRET_INVALID", ["an ed25519 key makes no HMAC: write plain text, or whsec_ and base64"]);
}
