import type { ParsedEndpoint } from "../endpoint.ts";
import type { ParsedOptions } from "../options.ts";
import { policyOf } from "../webhook-policy.ts";
import type { StoredSecret, WebhookRecord } from "../webhook-record.ts";
import type { ParsedSettings } from "../webhook-settings.ts";
import type { Webhook } from "../webhook.ts";

/** What a webhook has where its settings say nothing. */
type SinkDefaults = Pick<ParsedOptions, "deadlineMs" | "allow" | "whenDisabled">;

type Identity = Pick<Webhook, "destination" | "accountId" | "isEnabled" | "disabledReason" | "whenDisabled">;

const NO_HEADERS: Webhook["headers"] = Object.freeze({});

export function webhookOfEndpoint(endpoint: ParsedEndpoint, defaults: SinkDefaults): Webhook {
  const { id, account, secrets } = endpoint;
  const identity: Identity = {
    destination: id,
    accountId: account,
    isEnabled: true,
    disabledReason: undefined,
    whenDisabled: "park",
  };
  const stored = secrets.map((secret) => ({ secret }));
  return makeWebhook(identity, endpoint, stored, defaults);
}

export function webhookOfRecord(record: WebhookRecord, defaults: SinkDefaults): Webhook {
  const { id, accountId, disabled, settings, secrets } = record;
  const identity: Identity = {
    destination: String(id),
    accountId: String(accountId),
    isEnabled: disabled === undefined,
    disabledReason: disabled?.reason,
    whenDisabled: disabled?.pending ?? defaults.whenDisabled,
  };
  return makeWebhook(identity, settings, secrets, defaults);
}

/** There may be ten thousand: what is not its own it shares. The secrets are in a closure, where no log or inspection finds them. */
function makeWebhook(
  identity: Identity,
  settings: ParsedSettings,
  secrets: readonly StoredSecret[],
  defaults: SinkDefaults,
): Webhook {
  return Object.freeze({
    ...identity,
    url: settings.url,
    subscriptions: settings.subscriptions,
    inboxId: settings.inboxId === undefined ? undefined : String(settings.inboxId),
    where: settings.where,
    headers: settings.headers ?? NO_HEADERS,
    deadlineMs: settings.deadlineMs ?? defaults.deadlineMs,
    allow: settings.allow ? Object.freeze([...defaults.allow, ...settings.allow]) : defaults.allow,
    policy: policyOf(settings),
    secretsAt: (now: number) => secrets.filter(({ endsAt = Infinity }) => now < endsAt).map(({ secret }) => secret),
  });
}
