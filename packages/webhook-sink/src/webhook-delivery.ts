import {
  disable,
  pause,
  rejected,
  skipped,
  type AttemptInfo,
  type BusEvent,
  type Clock,
  type DeliverContext,
  type Delivery,
  type DeliveryPolicy,
  type Outcome,
  type Sink,
} from "@bus/core";
import { outcomeOfAnswer, outcomeOfError } from "@bus/http";
import { accountIdOf } from "./events/account.ts";
import { inboxIdOf } from "./events/inbox.ts";
import type { Breaker } from "./health/breaker.ts";
import type { FailureStreaks } from "./health/failure-streaks.ts";
import { renderBody, renderPayload } from "./payload/render-body.ts";
import type { Registry } from "./registry/registry.ts";
import type { WebhookMessage } from "./request-headers.ts";
import { isWebhookEvent, WIRE_NAMES } from "./subscriptions.ts";
import { matches } from "./webhook-filter.ts";
import type { WebhookRequests } from "./webhook-requests.ts";
import type { WebhookTests } from "./webhook-test.ts";
import type { Webhook } from "./webhook.ts";
import type { Webhooks } from "./webhooks.ts";

/** What the host reaches as `bus.sinks.<name>`. */
export interface WebhookSinkApi {
  readonly webhooks: Webhooks;
}

export interface WebhookDeliveryParts {
  readonly registry: Registry;
  readonly requests: WebhookRequests;
  readonly tests: WebhookTests;
  readonly breaker: Breaker;
  readonly streaks: FailureStreaks;
  readonly clock: Clock;
  readonly webhooks: Webhooks;
}

const REMOVED = "The webhook was removed.";

const GONE = 410;
const TOO_MANY_REQUESTS = 429;

/**
 * Delivers each event as one signed POST per webhook, and watches how the webhooks are doing.
 *
 * @see docs/spec/trino-webhooks.md#delivery
 */
export class WebhookDelivery implements Sink<WebhookSinkApi> {
  readonly api: WebhookSinkApi;
  readonly #parts: WebhookDeliveryParts;

  constructor(parts: WebhookDeliveryParts) {
    this.api = Object.freeze({ webhooks: parts.webhooks });
    this.#parts = parts;
  }

  start(): Promise<void> {
    return this.#parts.registry.load();
  }

  stop(): void {
    this.#parts.tests.stop();
  }

  policy(destination: string): DeliveryPolicy | undefined {
    return this.#parts.registry.peek(destination)?.policy;
  }

  async destinations(event: BusEvent): Promise<readonly string[]> {
    const { type, data } = event;
    if (!isWebhookEvent(type)) return [];
    const inboxId = inboxIdOf(type, data);
    const candidates = (await this.#parts.registry.ofAccount(accountIdOf(data))).filter(
      (webhook) =>
        webhook.subscriptions.includes(WIRE_NAMES[type]) &&
        (webhook.inboxId === undefined || webhook.inboxId === inboxId),
    );
    if (candidates.length === 0) return [];
    const rendering = renderPayload(event);
    if (rendering.kind === "unwanted") return [];
    const isWanted = ({ where }: Webhook): boolean =>
      where === undefined || rendering.kind === "invalid" || matches(where, rendering.payload);
    return candidates.filter(isWanted).map(({ destination }) => destination);
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    return Promise.all(batch.map((delivery) => this.#deliverOne(delivery, signal)));
  }

  async #deliverOne(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { registry } = this.#parts;
    const { destination, event } = delivery;
    const webhook = await registry.find(destination);
    if (webhook === undefined) {
      if (registry.wasRemoved(destination)) return skipped(REMOVED);
      // Owed from a time when the host still listed it: kept, for it may be an oversight.
      return disable(`The sink has no webhook "${destination}".`);
    }
    if (!webhook.isEnabled) return disable(webhook.disabledReason ?? "The webhook is disabled.");

    const rendering = renderBody(event);
    if (rendering.kind === "unwanted") return skipped(rendering.reason);
    if (rendering.kind === "invalid") return rejected(rendering.reason);

    const { name, body } = rendering;
    const outcome = await this.#post(webhook, { name, body, deliveryId: delivery.id, eventId: event.id }, signal);
    // What the bus cut short says nothing of the webhook.
    if (outcome.kind !== "delivered" && signal.aborted) return outcome;
    return this.#judged(webhook, delivery, outcome);
  }

  async #post(webhook: Webhook, message: WebhookMessage, signal: AbortSignal): Promise<Outcome> {
    const { requests, clock } = this.#parts;
    try {
      return outcomeOfAnswer(await requests.post(webhook, message, signal), clock.now());
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  /** What the outcome means for the webhook, beside what it means for the delivery. */
  async #judged({ destination }: Webhook, delivery: Delivery, outcome: Outcome): Promise<Outcome> {
    const { streaks, breaker, clock } = this.#parts;
    if (outcome.kind === "delivered") {
      breaker.forget(destination);
      await streaks.succeeded(destination);
      return outcome;
    }
    const { info } = outcome;
    if (info?.status === GONE) return this.#disabled(destination, "The receiver answered 410: it is gone.", info);
    const since = await streaks.failed(destination);
    if (since !== undefined) {
      const reason = `Every attempt has failed since ${new Date(since).toISOString()}. The last: ${outcome.reason}`;
      return this.#disabled(destination, reason, info);
    }
    if (!isUnwell(outcome)) {
      breaker.forget(destination);
      return outcome;
    }
    const probeAfterMs = breaker.failed(destination, delivery.id, clock.steady(), outcome.afterMs);
    return probeAfterMs === undefined ? outcome : pause(outcome.reason, { probeAfterMs, ...(info && { info }) });
  }

  async #disabled(destination: string, reason: string, info: AttemptInfo | undefined): Promise<Outcome> {
    const { registry, streaks, breaker } = this.#parts;
    await registry.markDisabled(destination, reason);
    breaker.forget(destination);
    await streaks.forget(destination);
    // Meanwhile: nobody would enable its lane again.
    return registry.wasRemoved(destination) ? skipped(REMOVED, info) : disable(reason, info);
  }
}

/** It did not answer, or that it is overloaded or broken. */
function isUnwell(outcome: Outcome): outcome is Extract<Outcome, { kind: "retry" }> {
  if (outcome.kind !== "retry") return false;
  const status = outcome.info?.status;
  return status === undefined || status === TOO_MANY_REQUESTS || status >= 500;
}
