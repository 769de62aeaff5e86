import { setImmediate as nextTurn } from "node:timers/promises";
import type { PluginDeliveries } from "@bus/core";
import type { RuleBook } from "../rules/rule-book.ts";
import type { SendingLanes } from "./sending-lanes.ts";
import { idsOfUnit } from "./unit-ids.ts";

export interface TransactionOwnersParts {
  readonly book: RuleBook;
  readonly lanes: SendingLanes;
  readonly deliveries: PluginDeliveries;
}

/** Event ids, by transaction id. */
type Owners = ReadonlyMap<string, ReadonlySet<string>>;

/** How many waiting deliveries of a rule are looked through. Those beyond are left to the notes. */
const MOST_WAITING = 5_000;
/** Deliveries looked through in one turn of the event loop. */
const AT_ONCE = 100;

/** Tells which events a transaction id may be of, of those that are not finished. That takes a look at all of them: who asks together shares one. */
export class TransactionOwners {
  readonly #parts: TransactionOwnersParts;
  #last: Promise<unknown> = Promise.resolve();
  /** Has not begun. */
  #next: Promise<Owners> | undefined;

  constructor(parts: TransactionOwnersParts) {
    this.#parts = parts;
  }

  /** Event ids, as of a look that begins after the call. */
  async of(transactionId: string): Promise<readonly string[]> {
    this.#next ??= this.#after(this.#last);
    const owners = await this.#next;
    return [...(owners.get(transactionId) ?? [])];
  }

  #after(last: Promise<unknown>): Promise<Owners> {
    const next = last.then(() => {
      this.#next = undefined;
      return this.#look();
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #look(): Promise<Owners> {
    const { book, deliveries, lanes } = this.#parts;
    const owners = new Map<string, Set<string>>();
    let count = 0;
    for await (const delivery of deliveries.unfinished(lanes.ids, MOST_WAITING)) {
      if (++count % AT_ONCE === 0) await nextTurn();
      for (const id of idsOfUnit(delivery, book) ?? [])
        owners.set(id, (owners.get(id) ?? new Set()).add(delivery.event.id));
    }
    return owners;
  }
}
