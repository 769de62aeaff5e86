import { signSha256, signStandardWebhook } from "@bus/http";
import type { Webhook } from "./webhook.ts";

/** What is sent to a webhook, beside whom it is sent to. */
export interface WebhookMessage {
  /** The event's name on the wire. */
  readonly name: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly body: Uint8Array;
}

const OWN_NAMES = new Set([
  "accept",
  "content-type",
  "user-agent",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
]);
const OWN_PREFIXED_NAMES = ["Event", "Delivery", "Timestamp", "Signature"];

/** Whether the desk's own headers, with this prefix, would be those that every webhook has besides. */
export function isTakenPrefix(prefix: string): boolean {
  return OWN_PREFIXED_NAMES.some((own) => OWN_NAMES.has(`${prefix}${own}`.toLowerCase()));
}

/** Whether the sink writes this header itself, so that a webhook cannot choose it. */
export function isOwnHeader(name: string, prefix: string): boolean {
  const lower = name.toLowerCase();
  return OWN_NAMES.has(lower) || OWN_PREFIXED_NAMES.some((own) => lower === `${prefix}${own}`.toLowerCase());
}

/**
 * The headers of one attempt. Without a secret there is no timestamp either: unsigned, it would prove nothing.
 *
 * @param now ms since the epoch
 * @see docs/spec/trino-webhooks.md#delivery
 */
export function requestHeaders(
  webhook: Webhook,
  message: WebhookMessage,
  { now, headerPrefix: prefix, userAgent }: { now: number; headerPrefix: string; userAgent: string },
): Record<string, string> {
  const headers: Record<string, string> = {
    ...webhook.headers,
    "content-type": "application/json; charset=utf-8",
    accept: "application/json",
    "user-agent": userAgent,
    [`${prefix}Event`]: message.name,
    [`${prefix}Delivery`]: message.deliveryId,
    "webhook-id": message.eventId,
  };
  const secrets = webhook.secretsAt(now);
  if (secrets.length === 0) return headers;

  // Both signatures, so that receivers of the desk and of the Standard Webhooks libraries can each check theirs.
  const timestamp = Math.floor(now / 1000);
  const { eventId, body } = message;
  headers[`${prefix}Timestamp`] = String(timestamp);
  headers[`${prefix}Signature`] = signSha256(secrets, timestamp, body);
  headers["webhook-timestamp"] = String(timestamp);
  headers["webhook-signature"] = signStandardWebhook(secrets, { id: eventId, timestamp, body });
  return headers;
}
