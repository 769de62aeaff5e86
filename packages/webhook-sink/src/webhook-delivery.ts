import {
  disable,
  pause,
  rejected,
  retry,
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
import { outcomeOfError } from "@bus/http";
import { accountIdOf } from "./events/account.ts";
import { inboxIdOf } from "./events/inbox.ts";
import type { Breaker } from "./health/breaker.ts";
import type { FailureStreaks } from "./health/failure-streaks.ts";
import { isUnwanted, renderBody, renderPayload } from "./payload/render-body.ts";
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

/** How long a lane waits whose webhook this process does not know. */
const LOOK_AGAIN_MS = 60_000;

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
    if (candidates.length === 0 || isUnwanted(type, data)) return [];
    return matching(candidates, event).map(({ destination }) => destination);
  }

  async deliver(batch: readonly Delivery[], { signal }: DeliverContext): Promise<readonly Outcome[]> {
    return Promise.all(batch.map((delivery) => this.#deliverOne(delivery, signal)));
  }

  async #deliverOne(delivery: Delivery, signal: AbortSignal): Promise<Outcome> {
    const { registry } = this.#parts;
    const { destination, event } = delivery;
    const webhook = await registry.find(destination);
    if (webhook === undefined) return this.#absent(destination);
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

  /** What is owed to a webhook that is not there. */
  #absent(destination: string): Outcome {
    const absence = this.#parts.registry.absenceOf(destination);
    if (absence === "removed") return skipped(REMOVED);
    if (absence === "parked") return disable(REMOVED);
    return pause(`The sink has no webhook "${destination}".`, { probeAfterMs: LOOK_AGAIN_MS });
  }

  async #post(webhook: Webhook, message: WebhookMessage, signal: AbortSignal): Promise<Outcome> {
    const { requests } = this.#parts;
    try {
      return await requests.post(webhook, message, signal);
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  /** What the outcome means for the webhook, beside what it means for the delivery. */
  async #judged(webhook: Webhook, delivery: Delivery, outcome: Outcome): Promise<Outcome> {
    const { destination } = webhook;
    const { streaks, breaker, clock } = this.#parts;
    if (outcome.kind === "delivered") {
      breaker.forget(destination);
      await streaks.succeeded(destination);
      return outcome;
    }
    const { info } = outcome;
    if (info?.status === GONE) return this.#disabled(webhook, "The receiver answered 410: it is gone.", info);
    const since = await streaks.failed(destination);
    if (since !== undefined) {
      const reason = `Every attempt has failed since ${new Date(since).toISOString()}. The last: ${outcome.reason}`;
      return this.#disabled(webhook, reason, info);
    }
    if (!isUnwell(outcome)) {
      breaker.forget(destination);
      return outcome;
    }
    const probeAfterMs = breaker.failed(destination, delivery.id, clock.steady(), outcome.afterMs);
    if (probeAfterMs === undefined) return outcome;
    // It uses up its attempt: otherwise one delivery that the receiver always fails at would be every probe.
    return pause(outcome.reason, { probeAfterMs, free: false, ...(info && { info }) });
  }

  async #disabled(webhook: Webhook, reason: string, info: AttemptInfo | undefined): Promise<Outcome> {
    const { registry, streaks, breaker } = this.#parts;
    const { destination } = webhook;
    const marking = await registry.markDisabled(webhook, reason);
    breaker.forget(destination);
    await streaks.forget(destination);
    if (marking === "changed") return retry("Its URL was changed meanwhile.", { free: true, ...(info && { info }) });
    if (marking === "discarded") return skipped(reason, info);
    // Meanwhile: nobody would enable its lane again.
    return registry.peek(destination) ? disable(reason, info) : this.#absent(destination);
  }
}

/** Those whose filter matches the body. Where nobody filters, it need not be made. */
function matching(webhooks: readonly Webhook[], event: BusEvent): readonly Webhook[] {
  if (webhooks.every(({ where }) => where === undefined)) return webhooks;
  const rendering = renderPayload(event);
  if (rendering.kind !== "payload") return webhooks;
  return webhooks.filter(({ where }) => where === undefined || matches(where, rendering.payload));
}

/** It did not answer, or that it is overloaded or broken. */
function isUnwell(outcome: Outcome): outcome is Extract<Outcome, { kind: "retry" }> {
  if (outcome.kind !== "retry") return false;
  const status = outcome.info?.status;
  return status === undefined || status === TOO_MANY_REQUESTS || status >= 500;
}
