/** Holes are given back a page at a time, so that no call has to move a million entries at once. */
const PAGE_SIZE = 512;

interface Page<T> {
  readonly number: number;
  readonly items: (T | undefined)[];
  size: number;
}

/** Everything by `seq`, to be read from any point on. */
export class ArrivalLog<T extends { readonly seq: number }> {
  readonly #pages: Page<T>[] = [];

  /** `seq` is higher than that of every item before. */
  add(item: T): void {
    const number = Math.floor(item.seq / PAGE_SIZE);
    let page = this.#pages.at(-1);
    if (page?.number !== number) this.#pages.push((page = { number, items: [], size: 0 }));
    page.items[item.seq % PAGE_SIZE] = item;
    page.size += 1;
  }

  remove(item: T): void {
    const index = this.#pageFrom(item.seq);
    const page = this.#pages[index];
    if (page === undefined) return;
    page.items[item.seq % PAGE_SIZE] = undefined;
    page.size -= 1;
    if (page.size === 0) this.#pages.splice(index, 1);
  }

  /** In order of `seq`. Not to be read on after a change. */
  *after(seq: number): Generator<T, void, undefined> {
    for (let index = this.#pageFrom(seq); index < this.#pages.length; index += 1) {
      for (const item of this.#pages[index]?.items ?? []) {
        if (item !== undefined && item.seq > seq) yield item;
      }
    }
  }

  /** The index of the first page that can hold `seq` or what follows it. */
  #pageFrom(seq: number): number {
    const number = Math.floor(seq / PAGE_SIZE);
    let low = 0;
    let high = this.#pages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const page = this.#pages[middle];
      if (page !== undefined && page.number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
