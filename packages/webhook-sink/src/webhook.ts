import type { DeliveryPolicy } from "@bus/core";
import type { AllowList } from "@bus/http";
import type { Subscription } from "./subscriptions.ts";
import type { WebhookFilter } from "./webhook-filter.ts";

/** What becomes of the deliveries of a webhook that is disabled or removed. */
export type PendingDeliveries = "park" | "discard";

/**
 * Where events go, with nothing left open: an endpoint of the options, or a registered webhook. Frozen; when it is changed, another object
 * takes its place.
 */
export interface Webhook {
  readonly destination: string;
  /** Undefined: an endpoint for every account. */
  readonly accountId: string | undefined;
  readonly url: string;
  readonly subscriptions: readonly Subscription[];
  /** Only events of this inbox. */
  readonly inboxId: string | undefined;
  /** Only bodies that match it. */
  readonly where: WebhookFilter | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  /** The sink's and its own. */
  readonly allow: AllowList;
  /** How the engine serves it, where that differs from the sink's policy. */
  readonly policy: DeliveryPolicy | undefined;
  readonly isEnabled: boolean;
  /** Why it is not enabled. */
  readonly disabledReason: string | undefined;
  /** What becomes of new events while it is disabled: owed and parked, or not owed at all. */
  readonly whenDisabled: PendingDeliveries;
  /** Those that sign at this time, ms since the epoch, newest first: an old one only until its rotation window ends. None: unsigned. */
  secretsAt(now: number): readonly string[];
}
