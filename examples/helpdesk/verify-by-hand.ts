// #region verify-by-hand
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The id of a genuine webhook, found with nothing but Node. */
export function verifyByHand(body: Buffer, headers: IncomingHttpHeaders, secrets: readonly string[]) {
  const id = String(headers["webhook-id"]);
  const timestamp = String(headers["webhook-timestamp"]);
  // During a rotation there are several, with spaces between.
  const signatures = String(headers["webhook-signature"]).split(" ");
  const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300;
  const isSigned = secrets.some((secret) => {
    const key = Buffer.from(secret.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
    return signatures.some((text) => isSame(Buffer.from(text.replace("v1,", ""), "base64"), expected));
  });
  return isRecent && isSigned ? id : undefined;
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
// #endregion verify-by-hand
