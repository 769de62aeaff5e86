import type { Store } from "@bus/core";
import { wrapped } from "./saboteur.ts";

interface BookedLease {
  readonly id: string;
  readonly leaseId: number;
  readonly until: number;
}

/** Knows which leases a store gave, which of them are still open, and the latest time it was told. */
export class LeaseBook {
  readonly store: Store;
  /** By delivery. */
  readonly open: Map<string, BookedLease> = new Map();
  latest: number = -Infinity;
  readonly #given = new Set<string>();

  constructor(store: Store) {
    this.store = wrapped(store, {
      lease: async (request) => {
        const lease = await store.lease(request);
        this.latest = Math.max(this.latest, request.now);
        for (const { id, leaseId } of lease.deliveries) {
          this.open.set(id, { id, leaseId, until: request.until });
          this.#given.add(`${leaseId} ${id}`);
        }
        return lease;
      },
      settle: async (settlements, now) => {
        const answers = await store.settle(settlements, now);
        for (const [index, { id }] of settlements.entries()) if (answers[index] === true) this.open.delete(id);
        return answers;
      },
      expand: async (expansion, now) => {
        const isDone = await store.expand(expansion, now);
        if (isDone) this.open.delete(expansion.id);
        return isDone;
      },
    });
  }

  /** Whether this lease was ever given. */
  hasGiven({ id, leaseId }: { id: string; leaseId: number }): boolean {
    return this.#given.has(`${leaseId} ${id}`);
  }

  /** The lease that the delivery is out on, whichever was asked for. */
  current<Lease extends { readonly id: string; readonly leaseId: number }>(lease: Lease): Lease {
    return { ...lease, leaseId: this.open.get(lease.id)?.leaseId ?? lease.leaseId };
  }

  /** Puts back, or ends, what is out. */
  async settleAll(state: "pending" | "delivered", now: number): Promise<void> {
    const settlements = [...this.open.values()].map(({ id, leaseId }) => ({ id, leaseId, state, dueAt: now }));
    await this.store.settle(settlements, now);
  }
}
