import { randomUUID } from "node:crypto";
import { BusError, type Clock } from "@bus/core";
import { outcomeOfAnswer, outcomeOfError } from "@bus/http";
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

  /**
   * @param view what its owner knows of it, unless it was removed just now
   * @throws {BusError} BUS_NOT_RUNNING when it is stopped before the answer has come
   */
  async test(webhook: Webhook, view: WebhookView | undefined): Promise<WebhookTestResult> {
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

  async #outcome(webhook: Webhook, view: WebhookView | undefined, signal: AbortSignal) {
    const id = `test_${randomUUID()}`;
    const body = new TextEncoder().encode(JSON.stringify(bodyOf(webhook, view, this.#clock.now())));
    try {
      const answer = await this.#requests.post(webhook, { name: NAME, deliveryId: id, eventId: id, body }, signal);
      return outcomeOfAnswer(answer, this.#clock.now());
    } catch (error) {
      signal.throwIfAborted();
      return outcomeOfError(error);
    }
  }
}

function bodyOf(webhook: Webhook, view: WebhookView | undefined, now: number): object {
  const { destination, url, subscriptions } = webhook;
  return {
    event: NAME,
    account: { id: view?.accountId ?? webhook.accountId },
    webhook: { id: Number(destination), name: view?.name, url, subscriptions },
    sent_at: new Date(now).toISOString(),
  };
}
