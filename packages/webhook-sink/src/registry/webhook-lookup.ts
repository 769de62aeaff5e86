import type { Clock, Logger } from "@bus/core";
import type { ParsedOptions } from "../options.ts";
import { REMOVED } from "../webhook-record.ts";
import type { Webhook } from "../webhook.ts";
import { webhookOfEndpoint, webhookOfRecord } from "./make-webhook.ts";
import type { Registry } from "./registry.ts";
import { WebhookIndex, type Absence } from "./webhook-index.ts";
import { recordKey, type StateMark, type StoredWebhook, type WebhookState } from "./webhook-state.ts";

/** How long another process's change may go unseen. */
const LOOK_EVERY_MS = 1_000;

export interface WebhookLookupOptions {
  readonly options: ParsedOptions;
  readonly state: WebhookState;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The endpoints of the options and, in memory, the registered webhooks of the state. It reads what changed, when it is asked. */
export class WebhookLookup implements Pick<Registry, "find" | "absenceOf" | "peek" | "ofAccount"> {
  readonly #options: ParsedOptions;
  readonly #state: WebhookState;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #endpoints: ReadonlyMap<string, Webhook>;
  readonly #endpointsOf: ReadonlyMap<string | undefined, readonly Webhook[]>;
  #index = new WebhookIndex();
  #mark: StateMark = { revision: 0, nextId: 1 };
  #lookedAt = -Infinity;
  #look: Promise<void> | undefined;
  #nextLook: Promise<void> | undefined;

  constructor({ options, state, clock, logger }: WebhookLookupOptions) {
    this.#options = options;
    this.#state = state;
    this.#clock = clock;
    this.#logger = logger;
    const endpoints = options.endpoints.map((endpoint) => webhookOfEndpoint(endpoint, options));
    this.#endpoints = new Map(endpoints.map((endpoint) => [endpoint.destination, endpoint]));
    this.#endpointsOf = Map.groupBy(endpoints, (endpoint) => endpoint.accountId);
  }

  peek(destination: string): Webhook | undefined {
    return this.#endpoints.get(destination) ?? this.#index.find(destination);
  }

  async find(destination: string): Promise<Webhook | undefined> {
    await this.#lookIfDue();
    const webhook = this.peek(destination);
    if (webhook?.isEnabled) return webhook;
    await this.look();
    return this.peek(destination);
  }

  absenceOf(destination: string): "removed" | "parked" | "unknown" {
    const absence = this.#index.absence(destination);
    if (absence !== undefined) return absence === "parked" ? "parked" : "unknown";
    return /^\d+$/.test(destination) && Number(destination) < this.#mark.nextId ? "removed" : "unknown";
  }

  async ofAccount(accountId: string | undefined): Promise<readonly Webhook[]> {
    await this.#lookIfDue();
    const ofEvery = this.#endpointsOf.get(undefined) ?? [];
    if (accountId === undefined) return ofEvery;
    const registered = [...this.#index.ofAccount(accountId)];
    return [
      ...ofEvery,
      ...(this.#endpointsOf.get(accountId) ?? []),
      ...registered.filter(({ isEnabled, whenDisabled }) => isEnabled || whenDisabled === "park"),
    ];
  }

  /** Takes up what has changed. Whoever asks while that is under way waits for another look, which sees what was there when it asked. */
  look(): Promise<void> {
    this.#nextLook ??= (this.#look ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.#look = this.#nextLook;
        this.#nextLook = undefined;
        return this.#takeUp();
      });
    return this.#nextLook;
  }

  async #lookIfDue(): Promise<void> {
    if (this.#clock.steady() - this.#lookedAt >= LOOK_EVERY_MS) await this.look();
  }

  async #takeUp(): Promise<void> {
    const lookedAt = this.#clock.steady();
    const mark = await this.#state.mark();
    const { revision } = this.#mark;
    if (mark.revision !== revision) {
      const changed = revision === 0 ? undefined : await this.#state.changedSince(revision, mark.revision);
      const index = changed ? this.#index : new WebhookIndex();
      for await (const piece of changed ? this.#state.pieces([...changed]) : this.#state.all())
        for (const [id, stored] of piece) index.set(String(id), this.#entryOf(id, stored));
      this.#index = index;
    }
    this.#mark = mark;
    this.#lookedAt = lookedAt;
  }

  #entryOf(id: number, stored: StoredWebhook): Webhook | Absence | undefined {
    if (stored === undefined) return undefined;
    if (stored === REMOVED) return "parked";
    if (stored !== "unreadable") return webhookOfRecord(stored, this.#options);
    this.#logger.error(
      { key: recordKey(id) },
      "The record of a webhook cannot be read: it gets nothing, and what it is owed is held. A newer version may have written it.",
    );
    return "unreadable";
  }
}
