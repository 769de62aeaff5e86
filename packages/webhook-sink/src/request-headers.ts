import type { Delivery } from "@bus/core";
import { signSha256, signStandardWebhook } from "@bus/http";
import type { ParsedEndpoint } from "./endpoint.ts";
import type { Subscription } from "./subscriptions.ts";

export interface RequestHeadersContext {
  readonly endpoint: ParsedEndpoint;
  readonly delivery: Delivery;
  readonly name: Subscription;
  readonly body: Uint8Array;
  /** Ms since the epoch. */
  readonly now: number;
  readonly prefix: string;
  readonly userAgent: string;
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

/** Whether the sink writes this header itself, so that an endpoint cannot choose it. */
export function isOwnHeader(name: string, prefix: string): boolean {
  const lower = name.toLowerCase();
  return OWN_NAMES.has(lower) || OWN_PREFIXED_NAMES.some((own) => lower === `${prefix}${own}`.toLowerCase());
}

/**
 * The headers of one attempt. Without a secret there is no timestamp either: unsigned, it would prove nothing.
 *
 * @see docs/spec/trino-webhooks.md#delivery
 */
export function requestHeaders(context: RequestHeadersContext): Record<string, string> {
  const { endpoint, delivery, name, prefix, userAgent } = context;
  return {
    ...endpoint.headers,
    "content-type": "application/json; charset=utf-8",
    accept: "application/json",
    "user-agent": userAgent,
    [`${prefix}Event`]: name,
    [`${prefix}Delivery`]: delivery.id,
    "webhook-id": delivery.event.id,
    ...(endpoint.secrets.length > 0 && signatureHeaders(context)),
  };
}

/** Both signatures, so that receivers of the desk and of the Standard Webhooks libraries can each check theirs. */
function signatureHeaders({ endpoint, delivery, body, now, prefix }: RequestHeadersContext): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  return {
    [`${prefix}Timestamp`]: String(timestamp),
    [`${prefix}Signature`]: signSha256(endpoint.secrets, timestamp, body),
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signStandardWebhook(endpoint.secrets, { id: delivery.event.id, timestamp, body }),
  };
}
