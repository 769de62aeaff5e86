import { createHmac, timingSafeEqual } from "node:crypto";

/** What the provider puts into `x-signature`. */
export function signatureOf(body: string | Uint8Array, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Of the bytes as they came: text made of them may stand for others. Takes as long for any signature as for none. */
export function isSigned(body: Uint8Array, signature: string | null, secret: string): boolean {
  const expected = Buffer.from(signatureOf(body, secret));
  const given = Buffer.from(signature ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
