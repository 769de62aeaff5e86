import { BusError, type BusEvent } from "@bus/core";
import { checkHeaders, parseTargetUrl, signStandardWebhook } from "@bus/http";
import { z } from "zod";
import { accountIdOf, id, type TrinoId } from "./events/account.ts";
import { refusal } from "./refusal.ts";
import {
  areSubscriptions,
  DEFAULT_SUBSCRIPTIONS,
  isWebhookEvent,
  WIRE_NAMES,
  type Subscription,
} from "./subscriptions.ts";

/** Where webhooks go, as the host gives it. */
export interface WebhookEndpoint {
  /** Names the endpoint's lane: what is undelivered waits under it. Unique in the sink. */
  readonly id: string;
  /** Absolute, http or https. Unique per account. */
  readonly url: string;
  /** Only events of this account are sent. @default events of every account */
  readonly account?: TrinoId | undefined;
  /** @default all but the typing and inbox events */
  readonly subscriptions?: readonly Subscription[] | undefined;
  /** Signs every request: plain text, or `whsec_` and base64. Of several, for the time of a rotation, each signs. @default unsigned */
  readonly secret?: string | readonly string[] | undefined;
  /** Sent with every request, beside the sink's own, which they cannot replace. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An endpoint with nothing left open. */
export interface ParsedEndpoint {
  readonly id: string;
  readonly url: string;
  readonly account: string | undefined;
  readonly subscriptions: readonly Subscription[];
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export const endpoint: z.ZodType<ParsedEndpoint, WebhookEndpoint> = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .refine((text) => text !== "*", '"*" has a meaning of its own'),
    url: z.string().refine(isTargetUrl, "Url is invalid"),
    account: id.optional(),
    subscriptions: z.custom<readonly Subscription[]>(areSubscriptions, "Subscriptions Invalid events").optional(),
    secret: z
      .union([z.string().transform((one) => [one]), z.array(z.string()).min(1)])
      .check(refusal(checkSecrets))
      .optional(),
    headers: z.record(z.string(), z.string()).check(refusal(checkHeaders)).optional(),
  })
  .transform(({ account, subscriptions = DEFAULT_SUBSCRIPTIONS, secret: secrets = [], headers = {}, ...rest }) => ({
    ...rest,
    account: account === undefined ? undefined : String(account),
    subscriptions,
    secrets,
    headers,
  }));

/** Whether the endpoint gets the event. */
export function isSubscribed({ account, subscriptions }: ParsedEndpoint, { type, data }: BusEvent): boolean {
  if (!isWebhookEvent(type) || !subscriptions.includes(WIRE_NAMES[type])) return false;
  return account === undefined || account === accountIdOf(data);
}

function isTargetUrl(text: string): boolean {
  try {
    parseTargetUrl(text);
    return true;
  } catch {
    return false;
  }
}

function checkSecrets(secrets: readonly string[]): void {
  if (secrets.some((text) => /^wh[sp]k_/.test(text))) {
    throw new BusError("BUS_SECRET_INVALID", ["an ed25519 key makes no HMAC: write plain text, or whsec_ and base64"]);
  }
  signStandardWebhook(secrets, { id: "", timestamp: 0, body: "" });
}
