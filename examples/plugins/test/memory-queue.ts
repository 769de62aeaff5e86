import type { Offer, OfferAnswer, OpenUpstream } from "@bus/testkit";
import type { JobMessage, JobQueue } from "../jobs-source.ts";

interface Kept {
  readonly offer: Offer;
  readonly learn: (answer: OfferAnswer) => void;
}

/** A queue, as the suite needs it: it is told of each offer once, and each source has a connection of its own. */
export class MemoryQueue implements OpenUpstream {
  readonly #waiting: Kept[] = [];
  readonly #out = new Map<Kept, object>();
  readonly #connections = new Set<object>();
  #onMore = Promise.withResolvers<void>();

  offer(offer: Offer): Promise<OfferAnswer> {
    return new Promise((learn) => this.#add({ offer, learn }));
  }

  connect(): JobQueue {
    const connection = {};
    this.#connections.add(connection);
    return { receive: (signal) => this.#receive(connection, signal) };
  }

  /** As if the processes of all who are connected were gone: what is out with them goes back. */
  drop(): void {
    this.#connections.clear();
    const out = [...this.#out.keys()];
    this.#out.clear();
    for (const kept of out) this.#add(kept);
  }

  async close(): Promise<void> {}

  async #receive(connection: object, signal: AbortSignal): Promise<JobMessage> {
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const kept = this.#connections.has(connection) ? this.#waiting.shift() : undefined;
        if (kept) return this.#messageOf(kept, connection);
        await Promise.race([this.#onMore.promise, aborted.promise]);
      }
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #messageOf(kept: Kept, connection: object): JobMessage {
    this.#out.set(kept, connection);
    const learn = async (kind: OfferAnswer["kind"]): Promise<void> => {
      if (this.#out.get(kept) !== connection) return;
      this.#out.delete(kept);
      kept.learn({ kind });
    };
    return {
      id: kept.offer.id,
      body: { marker: kept.offer.marker },
      ack: () => learn("taken"),
      nack: () => learn("again"),
      reject: () => learn("refused"),
    };
  }

  #add(kept: Kept): void {
    this.#waiting.push(kept);
    this.#onMore.resolve();
    this.#onMore = Promise.withResolvers();
  }
}
