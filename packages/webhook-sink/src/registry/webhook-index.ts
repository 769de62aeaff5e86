import type { Webhook } from "../webhook.ts";

/** What there is in the place of a webhook: it was removed with its deliveries parked, or its record cannot be read. */
export type Absence = "parked" | "unreadable";

/** The registered webhooks in memory. */
export class WebhookIndex {
  readonly #byDestination = new Map<string, Webhook>();
  readonly #byAccount = new Map<string, Map<string, Webhook>>();
  readonly #absent = new Map<string, Absence>();

  find(destination: string): Webhook | undefined {
    return this.#byDestination.get(destination);
  }

  ofAccount(accountId: string): Iterable<Webhook> {
    return this.#byAccount.get(accountId)?.values() ?? [];
  }

  absence(destination: string): Absence | undefined {
    return this.#absent.get(destination);
  }

  /** Takes the place of what was there. */
  set(destination: string, entry: Webhook | Absence | undefined): void {
    const old = this.#byDestination.get(destination);
    this.#byDestination.delete(destination);
    this.#absent.delete(destination);
    const webhook = typeof entry === "string" ? undefined : entry;
    if (typeof entry === "string") this.#absent.set(destination, entry);
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
