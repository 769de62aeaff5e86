import type { Clock, DeliveryView } from "@bus/core";
import type { Cancellation as CancelTarget } from "../rules/parse-cancellation.ts";
import type { TransactionOwners, TransactionOwnersParts } from "./transaction-owners.ts";
import { eventOf, firstIdOf, idsOfRule, idsOfUnit } from "./unit-ids.ts";
import type { UnitNotes } from "./unit-notes.ts";

/** What a rule sends for an event, or what a transaction id alone stands for. */
export interface CancelledUnit {
  readonly transactionIds: readonly string[];
  /** As it was after the notes were written; undefined where the bus has none, or no more. */
  readonly delivery: DeliveryView | undefined;
}

export interface CancelledUnitsParts extends TransactionOwnersParts {
  readonly notes: UnitNotes;
  readonly clock: Clock;
}

/** Finds what a cancellation is about, and sees to it that none of it is sent any more. */
export class CancelledUnits {
  readonly #parts: CancelledUnitsParts;
  readonly #target: CancelTarget;
  readonly #owners: TransactionOwners;
  readonly #noted = new Set<string>();
  /** By delivery. Kept, because a rule's own function may make another one each time. */
  readonly #idsOf = new Map<string, readonly string[]>();
  /** Events with unfinished deliveries of the named transaction. */
  #eventIds: readonly string[] | undefined;

  constructor(parts: CancelledUnitsParts, target: CancelTarget, owners: TransactionOwners) {
    this.#parts = parts;
    this.#target = target;
    this.#owners = owners;
  }

  /**
   * Writes the notes that keep every try which begins from now on from sending, and then looks at the deliveries: one that is not out by then has
   * been tried as often as it ever will be.
   */
  async suppress(): Promise<readonly CancelledUnit[]> {
    const { lanes, notes, clock } = this.#parts;
    // Another process may have been started with other rules.
    await lanes.load();
    for (;;) {
      const units = await this.#find();
      const ids = new Set(units.flatMap(({ transactionIds }) => transactionIds));
      const fresh = [...ids].filter((id) => !this.#noted.has(id));
      if (fresh.length === 0) return units;
      await notes.change(fresh.map((transactionId) => ({ transactionId, note: { cancelledAt: clock.now() } })));
      for (const id of fresh) this.#noted.add(id);
    }
  }

  #find(): Promise<readonly CancelledUnit[]> {
    return "event" in this.#target
      ? this.#ofEvent(this.#target.event)
      : this.#ofTransaction(this.#target.transactionId);
  }

  async #ofEvent(eventId: string): Promise<readonly CancelledUnit[]> {
    const { book, deliveries, lanes } = this.#parts;
    const stored = await deliveries.ofEvent(eventId, lanes.ids);
    const units = stored.flatMap((delivery) => this.#unitOf(delivery) ?? []);
    const known = stored[0] && eventOf(stored[0]);
    const destinations = new Set(stored.map(({ destination }) => destination));
    // Retention forgets deliveries one by one: the event may be known of another.
    const forgotten = book.sending.filter(
      (rule) => (known === undefined || rule.on === known.type) && !destinations.has(rule.id),
    );
    for (const rule of forgotten) {
      const transactionIds = known ? idsOfRule(rule, known, book) : firstIdOf(rule, eventId, book);
      units.push({ transactionIds, delivery: undefined });
    }
    return units;
  }

  async #ofTransaction(transactionId: string): Promise<readonly CancelledUnit[]> {
    const alone = [{ transactionIds: [transactionId], delivery: undefined }];
    if (!this.#noted.has(transactionId)) return alone;
    this.#eventIds ??= await this.#owners.of(transactionId);
    const { deliveries, lanes } = this.#parts;
    const stored = await Promise.all(this.#eventIds.map((eventId) => deliveries.ofEvent(eventId, lanes.ids)));
    const units = stored.flat().flatMap((delivery) => this.#unitOf(delivery) ?? []);
    const owned = units.filter(({ transactionIds }) => transactionIds.includes(transactionId));
    return owned.length > 0 ? owned : alone;
  }

  /** Undefined for what sends nothing. */
  #unitOf(delivery: DeliveryView): CancelledUnit | undefined {
    const transactionIds = this.#idsOf.get(delivery.id) ?? idsOfUnit(delivery, this.#parts.book);
    if (transactionIds === undefined) return undefined;
    this.#idsOf.set(delivery.id, transactionIds);
    return { transactionIds, delivery };
  }
}
