import { randomUUID } from "node:crypto";
import { BusError, type Clock } from "@bus/core";
import { outcomeOfError } from "@bus/http";
import type { WebhookRequests } from "./webhook-requests.ts";
import type { Webhook } from "./webhook.ts";
import type { WebhookTestResult, WebhookView } from "./webhooks.ts";

const NAME = "webhook_test";

/** Tries a webhook out, outside of its lane: with every guard of a delivery, and no effect on what is owed to it. */
export class WebhookTests {
  readonly #requests: WebhookRequests;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();

  constructor(requests: WebhookRequests, clock: Clock) {
    this.#requests = requests;
    this.#clock = clock;
  }

  /** @throws {BusError} BUS_NOT_RUNNING when it is stopped before the answer has come */
  async test(webhook: Webhook, view: WebhookView): Promise<WebhookTestResult> {
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const startedAt = this.#clock.steady();
    const outcome = await this.#outcome(webhook, view, signal);
    const { status, detail } = outcome.info ?? {};
    return Object.freeze({
      isDelivered: outcome.kind === "delivered",
      ...(status !== undefined && { status }),
      latencyMs: Math.round(this.#clock.steady() - startedAt),
      ...("reason" in outcome && { reason: outcome.reason }),
      ...(detail !== undefined && { detail }),
    });
  }

  /** Ends the tests that are under way. */
  stop(): void {
    this.#stopping.abort(new BusError("BUS_NOT_RUNNING", ["The test of a webhook", "stopped"]));
  }

  async #outcome(webhook: Webhook, view: WebhookView, signal: AbortSignal) {
    const id = `test_${randomUUID()}`;
    const body = new TextEncoder().encode(JSON.stringify(bodyOf(view, this.#clock.now())));
    try {
      return await this.#requests.post(webhook, { name: NAME, deliveryId: id, eventId: id, body }, signal);
    } catch (error) {
      signal.throwIfAborted();
      return outcomeOfError(error);
    }
  }
}

function bodyOf({ accountId, id, name, url, subscriptions }: WebhookView, now: number): object {
  return {
    event: NAME,
    account: { id: accountId },
    webhook: { id, name, url, subscriptions },
    sent_at: new Date(now).toISOString(),
  };
}
