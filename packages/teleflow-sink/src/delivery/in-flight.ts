import { retry, type Outcome } from "@bus/core";

/** Of one that has to wait until another with its id is back. */
export const OUT: Outcome = retry("A trigger with the same transaction id is on its way.", {
  afterMs: 1_000,
  free: true,
});

/**
 * The transaction ids that requests of this process carry just now: the service drops a second trigger of an id, so never two of one are out.
 */
export class InFlight {
  readonly #out = new Map<string, PromiseWithResolvers<void> | undefined>();

  /** False when it is out already; else it is out until `leave`. */
  enter(transactionId: string): boolean {
    if (this.#out.has(transactionId)) return false;
    this.#out.set(transactionId, undefined);
    return true;
  }

  leave(transactionId: string): void {
    const waiting = this.#out.get(transactionId);
    this.#out.delete(transactionId);
    waiting?.resolve();
  }

  has(transactionId: string): boolean {
    return this.#out.has(transactionId);
  }

  /** Resolves when it is not out: at once if it is not now. */
  async settled(transactionId: string): Promise<void> {
    if (!this.#out.has(transactionId)) return;
    // Made only for who asks: most ids come and go without.
    const waiting = this.#out.get(transactionId) ?? Promise.withResolvers<void>();
    this.#out.set(transactionId, waiting);
    await waiting.promise;
  }
}
