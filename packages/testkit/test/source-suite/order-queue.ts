import type { Offer, OfferAnswer, OpenUpstream, SourceUpstream } from "../../src/index.ts";

/** One thing as a consumer gets it. It says once what became of it. */
export interface Message {
  readonly body: string;
  ack(): void;
  nack(): void;
  /** Nobody gets it again. */
  reject(): void;
}

interface Kept {
  readonly body: string;
  readonly learn: (answer: OfferAnswer) => void;
}

/** A queue in memory, of which each consumer gets a connection of its own. */
export class OrderQueue implements OpenUpstream {
  readonly #waiting: Kept[] = [];
  readonly #connections = new Set<QueueConnection>();

  offer({ id, marker, spoil, isOversized }: Offer): Promise<OfferAnswer> {
    const right = JSON.stringify({ id, marker });
    const body = spoil?.(right) ?? right + (isOversized ? " ".repeat(1024 * 1024) : "");
    return new Promise((learn) => {
      this.#waiting.push({ body, learn });
      this.#tell();
    });
  }

  connect(): QueueConnection {
    const connection = new QueueConnection({
      next: () => this.#waiting.shift(),
      back: (kept) => {
        this.#waiting.unshift(...kept);
        this.#tell();
      },
      closed: () => void this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    return connection;
  }

  drop(): void {
    for (const connection of this.#connections) connection.close();
  }

  async close(): Promise<void> {
    this.drop();
  }

  #tell(): void {
    for (const connection of this.#connections) connection.whenMore();
  }
}

interface Queue {
  next(): Kept | undefined;
  back(kept: readonly Kept[]): void;
  closed(): void;
}

export class QueueConnection {
  /** There may be more to get. */
  whenMore: () => void = () => {};
  readonly #queue: Queue;
  readonly #out = new Set<Kept>();
  #isClosed = false;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** Undefined when there is nothing. */
  get(): Message | undefined {
    const kept = this.#isClosed ? undefined : this.#queue.next();
    if (!kept) return undefined;
    this.#out.add(kept);
    const learn = (kind: OfferAnswer["kind"]): void => {
      if (this.#out.delete(kept)) kept.learn({ kind });
    };
    return {
      body: kept.body,
      ack: () => learn("taken"),
      nack: () => learn("again"),
      reject: () => learn("refused"),
    };
  }

  /** What is out goes back. */
  close(): void {
    this.#isClosed = true;
    const out = [...this.#out];
    this.#out.clear();
    this.#queue.closed();
    this.#queue.back(out);
  }
}

export const queueUpstream: SourceUpstream<OrderQueue> = {
  kind: "queue",
  faults: ["malformed", "empty", "oversized"],
  open: async () => new OrderQueue(),
};
