import type { TrinoId } from "./events/account.ts";
import type { PendingDeliveries } from "./webhook.ts";
import type { ParsedSettings, WebhookSettings } from "./webhook-settings.ts";

/**
 * The webhooks that are registered while the bus runs; kept in its store. What it returns is frozen. A change is seen at once by this process,
 * and within a second by others on the store.
 *
 * Where a webhook is not right, it rejects with BUS_WEBHOOK_INVALID, whose cause is a `ZodError` with an issue per field.
 */
export interface Webhooks {
  /** The secret is in this answer and never again. @throws {BusError} BUS_WEBHOOK_INVALID */
  create(webhook: NewWebhook): Promise<WebhookWithSecret>;
  /** In order of id. @throws {BusError} BUS_WEBHOOK_INVALID, also for an account id that is undefined: all is asked for without one */
  list(query?: { readonly accountId?: TrinoId }): Promise<readonly WebhookView[]>;
  get(id: number): Promise<WebhookView | undefined>;
  /**
   * Changes what is given; null takes an optional setting away. With `enabled: false`, `pending` says what becomes of its deliveries; with
   * `enabled: true`, those that are parked go out in order.
   *
   * @throws {BusError} BUS_WEBHOOK_UNKNOWN, BUS_WEBHOOK_INVALID
   */
  update(id: number, changes: WebhookChanges, options?: PendingOptions): Promise<WebhookView>;
  /**
   * Its id is not given again. With `pending: "park"` its deliveries stay in the disabled lane, for the host to look at or discard.
   *
   * @throws {BusError} BUS_WEBHOOK_UNKNOWN
   */
  remove(id: number, options?: PendingOptions): Promise<void>;
  /**
   * Makes another secret; it is in this answer and never again. For `overlapMs` the old one signs too.
   *
   * @throws {BusError} BUS_WEBHOOK_UNKNOWN, BUS_WEBHOOK_INVALID
   */
  rotateSecret(id: number, options?: RotationOptions): Promise<WebhookWithSecret>;
  /**
   * Sends one signed `webhook_test` now, outside of the lane, also when the webhook is disabled. Never rejects for what the receiver does.
   *
   * @throws {BusError} BUS_WEBHOOK_UNKNOWN
   */
  test(id: number): Promise<WebhookTestResult>;
}

/** As they may come from a form: null is the same as nothing. */
type Nullable<Settings> = { readonly [Name in keyof Settings]: Settings[Name] | null };

type OptionalSettings = Nullable<Omit<WebhookSettings, "url">>;

export interface NewWebhook extends OptionalSettings {
  readonly url: string;
  readonly accountId: TrinoId;
  /** @default true */
  readonly enabled?: boolean | undefined;
}

export interface WebhookChanges extends OptionalSettings {
  readonly url?: string | undefined;
  readonly enabled?: boolean | undefined;
}

export interface PendingOptions {
  /** @default the sink's `whenDisabled` for update, "discard" for remove */
  readonly pending?: PendingDeliveries | undefined;
}

export interface RotationOptions {
  /** @default 24 h */
  readonly overlapMs?: number | undefined;
}

/**
 * A webhook as its owner may see it: its settings, and never its secret. Settings it does not have are not there. Instants are ms since the
 * epoch.
 */
export interface WebhookView extends ParsedSettings {
  readonly id: number;
  readonly accountId: TrinoId;
  readonly enabled: boolean;
  /** Why it is not enabled. */
  readonly disabledReason?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WebhookWithSecret extends WebhookView {
  /** `whsec_` and base64 of 32 bytes. */
  readonly secret: string;
}

export interface WebhookTestResult {
  /** Whether it was answered with 2xx. */
  readonly isDelivered: boolean;
  /** Of the answer, where there was one. */
  readonly status?: number;
  readonly latencyMs: number;
  /** Why it was not delivered. */
  readonly reason?: string;
  /** The beginning of the answer. */
  readonly detail?: string;
}
