import type { Clock, Logger, PluginLanes, PluginState } from "@bus/core";
import type { ParsedOptions } from "../options.ts";
import type { Webhook } from "../webhook.ts";
import type { Webhooks, WebhookTestResult, WebhookView } from "../webhooks.ts";
import { RegisteredWebhooks } from "./registered-webhooks.ts";
import type { Registry } from "./registry.ts";
import { WebhookLanes } from "./webhook-lanes.ts";
import { WebhookLookup } from "./webhook-lookup.ts";
import { WebhookState } from "./webhook-state.ts";

export interface WebhookRegistryOptions {
  readonly options: ParsedOptions;
  readonly state: PluginState;
  readonly lanes: PluginLanes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends the webhook a test. */
  readonly test: (webhook: Webhook, view: WebhookView) => Promise<WebhookTestResult>;
}

/** The two faces of a sink's webhooks: the sink's and the host's. */
export function webhookRegistry(given: WebhookRegistryOptions): {
  readonly registry: Registry;
  readonly webhooks: Webhooks;
} {
  const state = new WebhookState(given.state);
  const lookup = new WebhookLookup({ ...given, state });
  const lanes = new WebhookLanes(given.lanes, state);
  const registered = new RegisteredWebhooks({ ...given, state, lookup, lanes });
  const registry: Registry = {
    load: async () => {
      await lookup.look();
      await lanes.finish();
    },
    find: (destination) => lookup.find(destination),
    absenceOf: (destination) => lookup.absenceOf(destination),
    peek: (destination) => lookup.peek(destination),
    ofAccount: (accountId) => lookup.ofAccount(accountId),
    markDisabled: (webhook, reason) => registered.markDisabled(webhook, reason),
  };
  // Each stands alone, so that a host may spread them into a wrapping of its own.
  const webhooks: Webhooks = {
    create: (webhook) => registered.create(webhook),
    list: (query) => registered.list(query),
    get: (id) => registered.get(id),
    update: (id, changes, options) => registered.update(id, changes, options),
    remove: (id, options) => registered.remove(id, options),
    rotateSecret: (id, options) => registered.rotateSecret(id, options),
    test: (id) => registered.test(id),
  };
  return { registry, webhooks: Object.freeze(webhooks) };
}
