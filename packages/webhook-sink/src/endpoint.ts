import { signStandardWebhook, zodCheck } from "@bus/http";
import { z } from "zod";
import { id, type TrinoId } from "./events/account.ts";
import { checkHmacSecret } from "./hmac-secret.ts";
import { settingsFields, type ParsedSettings, type WebhookSettings } from "./webhook-settings.ts";

/** A webhook that is fixed in the options. Its URL need not differ from those of registered webhooks. */
export interface WebhookEndpoint extends WebhookSettings {
  /** Names the endpoint's lane: what is undelivered waits under it. Unique in the sink, and not of digits alone, as the registered ones are. */
  readonly id: string;
  /** Only events of this account are sent. @default events of every account */
  readonly account?: TrinoId | undefined;
  /** Signs every request: plain text, or `whsec_` and base64. Of several, for the time of a rotation, each signs. @default unsigned */
  readonly secret?: string | readonly string[] | undefined;
}

/** An endpoint that was checked. */
export interface ParsedEndpoint extends ParsedSettings {
  readonly id: string;
  readonly account: string | undefined;
  readonly secrets: readonly string[];
}

export const endpoint: z.ZodType<ParsedEndpoint, WebhookEndpoint> = z
  .strictObject({
    ...settingsFields,
    id: z
      .string()
      .min(1)
      .refine((text) => text !== "*", '"*" has a meaning of its own')
      .refine((text) => !/^\d+$/.test(text), "Digits alone are the id of a registered webhook: write a name"),
    account: id.optional(),
    secret: z
      .union([z.string().transform((one) => [one]), z.array(z.string()).min(1)])
      .check(zodCheck(checkSecrets))
      .optional(),
  })
  .transform(({ account, secret: secrets = [], ...rest }) => ({
    ...rest,
    account: account === undefined ? undefined : String(account),
    secrets,
  }));

function checkSecrets(secrets: readonly string[]): void {
  secrets.forEach(checkHmacSecret);
  signStandardWebhook(secrets, { id: "", timestamp: 0, body: "" });
}
