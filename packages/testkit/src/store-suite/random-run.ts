import { FAN_OUT, type LaneId, type LaneStatus, type NewDelivery, type Settlement, type Store } from "@bus/core";
import { aDelivery, anEvent } from "./builders.ts";

const LANES: readonly LaneId[] = [
  { sink: "hooks", destination: "one" },
  { sink: "hooks", destination: "two" },
  { sink: "hooks", destination: FAN_OUT },
  { sink: "graph", destination: "default" },
];
const KEYS: readonly (string | undefined)[] = [undefined, "a", "b"];
const STATES: readonly Settlement["state"][] = ["delivered", "skipped", "dead", "pending"];

/** Calls a store at random, but the same with every run of one seed. A run of a higher seed comes after it in time. */
export class RandomRun {
  readonly #store: Store;
  readonly #seed: number;
  readonly #random: () => number;
  /** Every lease ever given, to be ended in time, late or twice. */
  readonly #given: { readonly id: string; readonly leaseId: number }[] = [];
  #now: number;
  #lastId = 0;

  constructor(store: Store, seed: number) {
    this.#store = store;
    this.#seed = seed;
    this.#random = randomFrom(seed);
    this.#now = seed * 10_000;
  }

  async go(calls: number): Promise<void> {
    for (let call = 0; call < calls; call += 1) {
      this.#now += this.#below(4);
      await this.#call(this.#below(20));
    }
  }

  #call(pick: number): Promise<unknown> {
    const now = this.#now;
    const lane = this.#oneOf(LANES);
    if (pick < 4) return this.#append();
    if (pick < 9) return this.#lease(lane);
    if (pick < 15) return this.#settle();
    if (pick === 15) return this.#store.expand({ ...this.#aLease(), deliveries: this.#deliveries(3) }, now);
    if (pick === 16) return this.#store.setLane(lane, this.#aStatus());
    if (pick === 17) return this.#store.replay(lane, { limit: 1 + this.#below(3), now });
    if (pick === 18)
      return this.#store.discard(this.#below(2) === 0 ? lane : { state: "dead" }, { limit: 1 + this.#below(3), now });
    const [before, deadBefore] = [now - this.#below(100), now - this.#below(100)];
    return this.#store.prune({ before, maxBytes: Infinity, deadBefore, limit: 1 + this.#below(3) });
  }

  async #append(): Promise<void> {
    const event = anEvent({ id: this.#id(), data: JSON.stringify("x".repeat(this.#below(50))) });
    const deliveries = [this.#delivery(), ...this.#deliveries(2)];
    await this.#store.append([{ event, deliveries }], { maxBacklog: Infinity, now: this.#now });
  }

  async #lease(lane: LaneId): Promise<void> {
    const until = this.#now + 1 + this.#below(20);
    const request = { lane, limit: 1 + this.#below(5), perKey: 1 + this.#below(3), now: this.#now, until };
    this.#given.push(...(await this.#store.lease(request)).deliveries);
  }

  async #settle(): Promise<void> {
    const dueAt = this.#now + this.#below(15);
    const settlements = Array.from({ length: 1 + this.#below(6) }, (): Settlement => ({
      ...this.#aLease(),
      state: this.#oneOf(STATES),
      dueAt,
      isFree: this.#below(4) === 0,
    }));
    await this.#store.settle(settlements, this.#now);
  }

  /** One of the last, so that many of them are still held. */
  #aLease(): { id: string; leaseId: number } {
    const { id, leaseId } = this.#given.at(-1 - this.#below(Math.min(this.#given.length, 8))) ?? {
      id: "-",
      leaseId: 0,
    };
    return { id, leaseId };
  }

  #aStatus(): LaneStatus {
    const kind = this.#below(6);
    if (kind < 2) return { state: "disabled", reason: "410" };
    if (kind === 2) return { state: "paused", reason: "503", until: this.#now + this.#below(20) };
    return { state: "active" };
  }

  #deliveries(most: number): readonly NewDelivery[] {
    return Array.from({ length: this.#below(most + 1) }, () => this.#delivery());
  }

  #delivery(): NewDelivery {
    return aDelivery({ ...this.#oneOf(LANES), id: this.#id(), orderKey: this.#oneOf(KEYS) });
  }

  #id(): string {
    return `${this.#seed}-${(this.#lastId += 1)}`;
  }

  #oneOf<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }
}

/** Mulberry32: from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
