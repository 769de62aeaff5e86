import type { Clock, Logger, PluginLanes, PluginState } from "@bus/core";
import type { ParsedOptions } from "../options.ts";
import type { Webhook } from "../webhook.ts";
import type { Webhooks, WebhookTestResult } from "../webhooks.ts";
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
  readonly test: (webhook: Webhook) => Promise<WebhookTestResult>;
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
    wasRemoved: (destination) => lookup.wasRemoved(destination),
    peek: (destination) => lookup.peek(destination),
    ofAccount: (accountId) => lookup.ofAccount(accountId),
    markDisabled: (destination, reason) => registered.markDisabled(destination, reason),
  };
  return { registry, webhooks: registered };
}
