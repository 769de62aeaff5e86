import { BusError, type Clock, type Logger, type PluginStateChange } from "@bus/core";
import type { TrinoId } from "../events/account.ts";
import type { ParsedOptions } from "../options.ts";
import { failingKey } from "../health/failure-streaks.ts";
import { REMOVED, type WebhookRecord } from "../webhook-record.ts";
import type { Webhook } from "../webhook.ts";
import type {
  NewWebhook,
  PendingOptions,
  RotationOptions,
  WebhookChanges,
  Webhooks,
  WebhookTestResult,
  WebhookView,
  WebhookWithSecret,
} from "../webhooks.ts";
import {
  parseChanges,
  parseListQuery,
  parseNewWebhook,
  parseOverlapMs,
  parsePending,
  refusedField,
} from "./webhook-input.ts";
import type { WebhookLanes } from "./webhook-lanes.ts";
import type { Marking } from "./registry.ts";
import type { WebhookLookup } from "./webhook-lookup.ts";
import { makeSecret, rotated } from "./webhook-secret.ts";
import { laneStepKey, NEXT_ID, recordKey, urlKey, type WebhookState } from "./webhook-state.ts";
import { viewOf } from "./webhook-view.ts";

const DISABLED = "The webhook was disabled.";

export interface RegisteredWebhooksOptions {
  readonly options: ParsedOptions;
  readonly state: WebhookState;
  readonly lookup: WebhookLookup;
  readonly lanes: WebhookLanes;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends the webhook a test. */
  readonly test: (webhook: Webhook, view: WebhookView) => Promise<WebhookTestResult>;
}

/** Changes the webhooks of the state, and their lanes after them. */
export class RegisteredWebhooks implements Webhooks {
  readonly #with: RegisteredWebhooksOptions;

  constructor(options: RegisteredWebhooksOptions) {
    this.#with = options;
  }

  async create(webhook: NewWebhook): Promise<WebhookWithSecret> {
    const { options, state, clock } = this.#with;
    const { accountId, enabled, settings } = parseNewWebhook(webhook, options.headerPrefix);
    const secret = makeSecret();
    const record = await state.change(async ({ nextId: id }) => {
      await this.#assertFree(accountId, settings.url);
      const now = clock.now();
      const made: WebhookRecord = {
        id,
        accountId,
        settings,
        secrets: [{ secret }],
        ...(!enabled && { disabled: { reason: DISABLED, pending: options.whenDisabled } }),
        createdAt: now,
        updatedAt: now,
      };
      const writes = [
        { key: recordKey(id), value: made },
        { key: urlKey(accountId, settings.url), value: id },
        { key: NEXT_ID, value: id + 1 },
      ];
      return { id, writes, result: made };
    });
    await this.#see();
    return Object.freeze({ ...viewOf(record), secret });
  }

  async list(query?: { readonly accountId?: TrinoId }): Promise<readonly WebhookView[]> {
    const { state } = this.#with;
    const accountId = parseListQuery(query);
    const pieces = accountId === undefined ? state.all() : state.pieces(await state.idsOfAccount(accountId));
    const views: WebhookView[] = [];
    for await (const piece of pieces)
      for (const [, stored] of piece) if (typeof stored === "object") views.push(viewOf(stored));
    return Object.freeze(views);
  }

  async get(id: number): Promise<WebhookView | undefined> {
    const stored = await this.#with.state.get(id);
    return typeof stored === "object" ? viewOf(stored) : undefined;
  }

  async update(id: number, changes: WebhookChanges, options?: PendingOptions): Promise<WebhookView> {
    const {
      lanes,
      options: { headerPrefix, whenDisabled },
    } = this.#with;
    const given = await this.#record(id);
    parseChanges(given.settings, changes, headerPrefix);
    const enabled = changes.enabled ?? undefined;
    const pending = parsePending(options);
    if (enabled === true) await lanes.discardUnwanted(given);

    const record = await this.#edit(id, (old) => {
      const settings = parseChanges(old.settings, changes, headerPrefix);
      const { disabled } = old;
      if (enabled === undefined) return { ...old, settings };
      if (enabled) return { ...old, settings, disabled: undefined };
      const reason = disabled?.reason ?? DISABLED;
      return { ...old, settings, disabled: { reason, pending: pending ?? disabled?.pending ?? whenDisabled } };
    });

    if (enabled === true) await lanes.enable(id);
    if (enabled === true || changes.url !== undefined) await lanes.resume(id);
    if (enabled === false) await lanes.disable(record);
    return viewOf(record);
  }

  async remove(id: number, options?: PendingOptions): Promise<void> {
    const { state, lanes } = this.#with;
    const pending = parsePending(options) ?? "discard";
    await state.change(async () => {
      const { accountId, settings } = await this.#record(id);
      const writes: readonly PluginStateChange[] = [
        { key: recordKey(id), value: pending === "park" ? REMOVED : undefined },
        { key: urlKey(accountId, settings.url), value: undefined },
        { key: laneStepKey(id), value: pending === "park" ? undefined : "discard" },
      ];
      return { id, writes, result: undefined };
    });
    await this.#see();

    await (pending === "park" ? lanes.park(id) : lanes.discard(id));
  }

  async rotateSecret(id: number, options?: RotationOptions): Promise<WebhookWithSecret> {
    const overlapMs = parseOverlapMs(options);
    const secret = makeSecret();
    const record = await this.#edit(id, (old) => {
      const now = this.#with.clock.now();
      return { ...old, secrets: rotated(old.secrets, secret, { now, oldEndAt: now + overlapMs }) };
    });
    return Object.freeze({ ...viewOf(record), secret });
  }

  async test(id: number): Promise<WebhookTestResult> {
    const view = viewOf(await this.#record(id));
    const webhook = await this.#with.lookup.find(String(id));
    if (webhook === undefined) throw unknown(id);
    return this.#with.test(webhook, view);
  }

  /** What the sink does itself. Nothing, where no such webhook is registered. */
  async markDisabled({ destination, url }: Pick<Webhook, "destination" | "url">, reason: string): Promise<Marking> {
    // An endpoint may be called "1e3".
    if (String(Number(destination)) !== destination) return "marked";
    const {
      lanes,
      options: { whenDisabled },
    } = this.#with;
    try {
      const record = await this.#edit(Number(destination), (old) =>
        old.settings.url === url ? { ...old, disabled: old.disabled ?? { reason, pending: whenDisabled } } : old,
      );
      if (record.settings.url !== url) return "changed";
      if (record.disabled?.pending !== "discard") return "marked";
      await lanes.disable(record);
      return "discarded";
    } catch (error) {
      if (!BusError.is(error, "BUS_WEBHOOK_UNKNOWN")) throw error;
      // Another process has just removed it.
      await this.#see();
      return "marked";
    }
  }

  async #edit(id: number, edit: (old: WebhookRecord) => WebhookRecord): Promise<WebhookRecord> {
    const { state, clock } = this.#with;
    const record = await state.change(async () => {
      const old = await this.#record(id);
      const edited = edit(old);
      if (JSON.stringify(edited) === JSON.stringify(old)) return { id, writes: [], result: old };

      const changed = { ...edited, updatedAt: clock.now() };
      const writes: PluginStateChange[] = [{ key: recordKey(id), value: changed }];
      const { accountId, settings } = changed;
      const [oldKey, key] = [urlKey(accountId, old.settings.url), urlKey(accountId, settings.url)];
      if (key !== oldKey) {
        await this.#assertFree(accountId, settings.url);
        writes.push(
          { key: oldKey, value: undefined },
          { key, value: id },
          { key: failingKey(String(id)), value: undefined },
        );
      }
      const isEnabled = changed.disabled === undefined;
      if (isEnabled !== (old.disabled === undefined)) {
        const laneStep = isEnabled ? "enable" : undefined;
        // When it is enabled again, its failures are counted anew.
        writes.push({ key: laneStepKey(id), value: laneStep }, { key: failingKey(String(id)), value: undefined });
      }
      return { id, writes, result: changed };
    });
    await this.#see();
    this.#with.lanes.refresh(id);
    return record;
  }

  /** @throws {BusError} BUS_WEBHOOK_UNKNOWN */
  async #record(id: number): Promise<WebhookRecord> {
    const stored = await this.#with.state.get(id);
    if (typeof stored !== "object") throw unknown(id);
    return stored;
  }

  async #assertFree(accountId: TrinoId, url: string): Promise<void> {
    const owner = await this.#with.state.ofUrl(accountId, url);
    if (owner !== undefined) throw refusedField("url", "Url has already been taken");
  }

  /** The change is made, whether or not it can be seen at once. */
  async #see(): Promise<void> {
    try {
      await this.#with.lookup.look();
    } catch (err) {
      this.#with.logger.warn({ err }, "A changed webhook could not be read again: the change is seen a second later.");
    }
  }
}

function unknown(id: number): BusError {
  return new BusError("BUS_WEBHOOK_UNKNOWN", [JSON.stringify(id)]);
}
