/** What can stand in a {@link LinkedList}, in one at a time. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

/** A list whose items hold their own links: taking one out of the middle is O(1). */
export class LinkedList<T extends Linked<T>> {
  first: T | undefined = undefined;
  last: T | undefined = undefined;

  push(item: T): void {
    this.insert(item, this.last);
  }

  /** Puts `item` behind `previous`; in front of all when that is undefined. */
  insert(item: T, previous: T | undefined): void {
    item.previous = previous;
    item.next = previous === undefined ? this.first : previous.next;
    this.#join(previous, item);
    this.#join(item, item.next);
  }

  remove(item: T): void {
    this.#join(item.previous, item.next);
    item.previous = undefined;
    item.next = undefined;
  }

  #join(previous: T | undefined, next: T | undefined): void {
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
  }
}
