import { rejected, retry, type Outcome } from "@bus/core";
import type { TeleflowClient } from "../calls/teleflow-client.ts";
import type { Sending } from "../sending/trigger-sender.ts";
import { cancelOutcome } from "./cancel-outcome.ts";
import { CancelRequests } from "./cancel-requests.ts";
import { Cancellation, type CancellationParts } from "./cancellation.ts";
import { TransactionOwners } from "./transaction-owners.ts";
import type { Unit } from "./trigger-delivery.ts";

export interface CancelDeliveryParts extends CancellationParts {
  readonly client: TeleflowClient;
}

/** Cancellations under way that are remembered. One that is forgotten begins anew. */
const MOST_UNDER_WAY = 10_000;

/**
 * Delivers the units of cancel rules. That a cancellation came too late, or for nothing, is told in the outcome's info and no error.
 *
 * @see docs/spec/teleflow.md#calls
 */
export class CancelDelivery {
  readonly #parts: CancelDeliveryParts;
  readonly #owners: TransactionOwners;
  /** By delivery: a cancellation takes several tries while the service answers "false". */
  readonly #underWay = new Map<string, Cancellation>();

  constructor(parts: CancelDeliveryParts) {
    this.#parts = parts;
    this.#owners = new TransactionOwners(parts);
  }

  /** One outcome each, in order. */
  deliver(units: readonly Unit[], sending: Sending): Promise<readonly Outcome[]> {
    const { client, clock } = this.#parts;
    const requests = new CancelRequests(client, clock, sending);
    // Together: no trigger goes out because the service is slow to answer another cancellation.
    return Promise.all(units.map((unit) => this.#deliver(unit, requests).catch(failed)));
  }

  async #deliver({ delivery, rule }: Unit, requests: CancelRequests): Promise<Outcome> {
    const target = this.#parts.book.cancellationOf(rule, delivery.event);
    if ("fault" in target) return rejected(target.fault);
    const cancellation = this.#underWay.get(delivery.id) ?? new Cancellation(this.#parts, target, this.#owners);
    this.#remember(delivery.id, cancellation);
    await cancellation.suppress();
    const outcome = cancelOutcome(await cancellation.ask(requests));
    if (outcome.kind !== "retry" && outcome.kind !== "pause") this.#underWay.delete(delivery.id);
    return outcome;
  }

  #remember(id: string, cancellation: Cancellation): void {
    this.#underWay.delete(id);
    this.#underWay.set(id, cancellation);
    const [oldest] = this.#underWay.keys();
    if (oldest !== undefined && this.#underWay.size > MOST_UNDER_WAY) this.#underWay.delete(oldest);
  }
}

/** Of one alone: what the service has said of the others counts. */
function failed(error: unknown): Outcome {
  return retry(error instanceof Error ? error.message : String(error));
}
