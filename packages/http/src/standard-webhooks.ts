import { BusError } from "@bus/core";
import { checkTimestamp, type VerifyOptions } from "./signed-timestamp.ts";
import { parseWebhookKey, type SignedContent, type WebhookKey } from "./webhook-key.ts";

/** What Standard Webhooks signs: `{id}.{timestamp}.{body}`. */
export interface StandardWebhook {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: string | number;
  /** The bytes that are sent, or that came. */
  readonly body: string | Uint8Array;
}

/** With the `webhook-signature` header as it came. */
export interface SignedWebhook extends StandardWebhook {
  readonly signature: string;
}

/**
 * The `webhook-signature` header: one signature for each key, space-separated. "v1," for HMAC keys (`whsec_` and plain text), "v1a," for
 * ed25519 keys (`whsk_`).
 *
 * @throws {BusError} BUS_SECRET_INVALID
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signStandardWebhook(keys: readonly string[], webhook: StandardWebhook): string {
  const content = signedContent(webhook);
  return parseKeys(keys)
    .map((key) => `${key.version},${key.sign(content).toString("base64")}`)
    .join(" ");
}

/**
 * Returns if any of the signatures was made with any of the keys (`whsec_`, `whpk_`, `whsk_` or plain text), HMACs compared in constant time.
 *
 * @throws {BusError} BUS_SIGNATURE_INVALID, which says why
 * @throws {BusError} BUS_SECRET_INVALID
 */
export function verifyStandardWebhook(
  keys: readonly string[],
  webhook: SignedWebhook,
  options: VerifyOptions = {},
): void {
  const content = signedContent(webhook);
  const parsed = parseKeys(keys);
  const signatures = webhook.signature.split(" ").flatMap((part) => {
    const [, version, encoded = ""] = /^(v1a?),([A-Za-z0-9+/]+=*)$/.exec(part) ?? [];
    return version === undefined ? [] : [{ version, bytes: Buffer.from(encoded, "base64") }];
  });

  if (signatures.length === 0) throw new BusError("BUS_SIGNATURE_INVALID", ["it has no v1 or v1a part"]);
  const isSigned = signatures.some(({ version, bytes }) =>
    parsed.some((key) => key.version === version && key.verify(content, bytes)),
  );
  if (!isSigned) {
    throw new BusError("BUS_SIGNATURE_INVALID", ["it does not match the id, the timestamp, the body and any key"]);
  }
  checkTimestamp(webhook.timestamp, options);
}

function parseKeys(keys: readonly string[]): WebhookKey[] {
  if (keys.length === 0) throw new BusError("BUS_SECRET_INVALID", ["there is none"]);
  return keys.map(parseWebhookKey);
}

function signedContent({ id, timestamp, body }: StandardWebhook): SignedContent {
  return { head: `${id}.${timestamp}.`, body };
}
