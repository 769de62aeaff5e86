import type { Webhook } from "../webhook.ts";

/** The registered webhooks in memory. */
export class WebhookIndex {
  readonly #byDestination = new Map<string, Webhook>();
  readonly #byAccount = new Map<string, Map<string, Webhook>>();
  /** What is owed there is to be held, although there is no webhook. */
  readonly #held = new Set<string>();

  find(destination: string): Webhook | undefined {
    return this.#byDestination.get(destination);
  }

  ofAccount(accountId: string): Iterable<Webhook> {
    return this.#byAccount.get(accountId)?.values() ?? [];
  }

  isHeld(destination: string): boolean {
    return this.#held.has(destination);
  }

  /** Takes the place of what was there: a webhook, nothing, or nothing and what is owed is to be held. */
  set(destination: string, entry: Webhook | "held" | undefined): void {
    const old = this.#byDestination.get(destination);
    this.#byDestination.delete(destination);
    this.#held.delete(destination);
    if (entry === "held") this.#held.add(destination);
    const webhook = entry === "held" ? undefined : entry;
    if (webhook) this.#byDestination.set(destination, webhook);
    this.#setInAccount(old?.accountId ?? webhook?.accountId, destination, webhook);
  }

  /** A webhook stays with its account. */
  #setInAccount(accountId: string | undefined, destination: string, webhook: Webhook | undefined): void {
    if (accountId === undefined) return;
    const ofAccount = this.#byAccount.get(accountId) ?? new Map<string, Webhook>();
    if (webhook) ofAccount.set(destination, webhook);
    else ofAccount.delete(destination);
    if (ofAccount.size > 0) this.#byAccount.set(accountId, ofAccount);
    else this.#byAccount.delete(accountId);
  }
}
