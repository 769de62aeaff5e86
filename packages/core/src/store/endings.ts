import type { KeptDelivery } from "./kept-delivery.ts";
import { LinkedList, type Linked } from "./linked-list.ts";

/** The end of a delivery or, without one, the arrival of an event that was owed to nobody. */
export interface Ending extends Linked<Ending> {
  readonly eventId: string;
  readonly delivery: KeptDelivery | undefined;
  readonly endedAt: number;
}

/** What retention may forget, oldest end first. */
export class Endings {
  readonly #list = new LinkedList<Ending>();

  get oldest(): Ending | undefined {
    return this.#list.first;
  }

  add(eventId: string, delivery: KeptDelivery | undefined, endedAt: number): Ending {
    const ending: Ending = { eventId, delivery, endedAt, previous: undefined, next: undefined };
    // Callers' times hardly ever run backwards, so the walk is no walk.
    let previous = this.#list.last;
    while (previous !== undefined && previous.endedAt > endedAt) previous = previous.previous;
    this.#list.insert(ending, previous);
    return ending;
  }

  remove(ending: Ending): void {
    this.#list.remove(ending);
  }
}
