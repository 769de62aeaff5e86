import type { DeliveryRecord } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { blockingKeys } from "../tampering.ts";

export const fanOut: readonly Saboteur[] = [
  {
    name: "shows a delivery after it was replaced by its destinations",
    caughtBy: ["replaces a delivery by one for each destination"],
    sabotage: (store) => {
      const replaced = new Map<string, DeliveryRecord>();
      return wrapped(store, {
        expand: async (expansion, now) => {
          const root = await store.get(expansion.id);
          const isDone = await store.expand(expansion, now);
          if (isDone && root !== undefined) replaced.set(root.id, root);
          return isDone;
        },
        get: async (id) => (await store.get(id)) ?? replaced.get(id),
      });
    },
  },
  {
    name: "has the destinations of a delivery arrive in reverse",
    caughtBy: [
      "has the destinations of a delivery arrive in the order given",
      "replaces a delivery by one for each destination",
    ],
    sabotage: (store) =>
      wrapped(store, {
        expand: (expansion, now) => store.expand({ ...expansion, deliveries: expansion.deliveries.toReversed() }, now),
      }),
  },
  {
    name: "counts all destinations of a delivery as one",
    caughtBy: [
      "counts what a delivery was replaced by",
      "counts the deliveries of each state as a full scan does, after any calls",
    ],
    sabotage: (store) => {
      let uncounted = 0;
      return wrapped(store, {
        expand: async (expansion, now) => {
          const isDone = await store.expand(expansion, now);
          if (isDone) uncounted += Math.max(0, expansion.deliveries.length - 1);
          return isDone;
        },
        stats: async () => {
          const { pending, ...stats } = await store.stats();
          return { ...stats, pending: pending - uncounted };
        },
      });
    },
  },
  {
    name: "shows the destinations of a delivery one by one as they are written",
    caughtBy: ["shows a fan-out whole or not at all"],
    sabotage: (store) => {
      const unseen = new Set<string>();
      return wrapped(store, {
        expand: async (expansion, now) => {
          for (const { id } of expansion.deliveries.slice(expansion.deliveries.length / 2)) unseen.add(id);
          const isDone = await store.expand(expansion, now);
          await new Promise((resolve) => void setImmediate(resolve));
          unseen.clear();
          return isDone;
        },
        query: async (query, page) => {
          const { items, ...rest } = await store.query(query, page);
          return { items: items.filter(({ id }) => !unseen.has(id)), ...rest };
        },
      });
    },
  },
  {
    name: "takes a delivery without destinations for delivered",
    caughtBy: ["skips a delivery for which the sink names no destination"],
    sabotage: (store) =>
      wrapped(store, {
        expand: async ({ id, leaseId, deliveries }, now) => {
          if (deliveries.length > 0) return store.expand({ id, leaseId, deliveries }, now);
          const [isDone = false] = await store.settle([{ id, leaseId, state: "delivered" }], now);
          return isDone;
        },
      }),
  },
  {
    name: "refuses the fan-out of a lease that is over",
    caughtBy: ["takes the fan-out of an expired lease that nobody took over"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        expand: async (expansion, now) => {
          if ((book.open.get(expansion.id)?.until ?? Infinity) <= now) return false;
          return book.store.expand(expansion, now);
        },
      });
    },
  },
  {
    name: "fans out a delivery whose lease was lost",
    caughtBy: ["refuses a fan-out whose lease was lost, and changes nothing"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        expand: (expansion, now) =>
          book.store.expand(expansion.deliveries.length > 0 ? book.current(expansion) : expansion, now),
      });
    },
  },
  {
    name: "says that it fanned out a delivery whose lease was lost",
    caughtBy: ["refuses a fan-out whose lease was lost, and changes nothing"],
    sabotage: (store) =>
      wrapped(store, {
        expand: async (expansion, now) => (await store.expand(expansion, now)) || expansion.deliveries.length > 0,
      }),
  },
  {
    name: "skips a delivery without destinations though its lease was lost",
    caughtBy: ["refuses to skip for want of destinations when the lease was lost"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        expand: (expansion, now) =>
          book.store.expand(expansion.deliveries.length === 0 ? book.current(expansion) : expansion, now),
      });
    },
  },
  {
    name: "holds back the followers of a delivery that was fanned out",
    caughtBy: [
      "gives the next of a key when the one before it was fanned out",
      "keeps the order of a key at the destinations",
    ],
    sabotage: (store) => {
      const { store: blocking, block } = blockingKeys(store);
      return wrapped(blocking, {
        expand: async (expansion, now) => {
          block(await store.get(expansion.id));
          return store.expand(expansion, now);
        },
      });
    },
  },
  {
    name: "forgets the order keys of destinations",
    caughtBy: ["keeps the order of a key at the destinations"],
    sabotage: (store) =>
      wrapped(store, {
        expand: (expansion, now) => {
          const deliveries = expansion.deliveries.map(({ orderKey: _, ...delivery }) => delivery);
          return store.expand({ ...expansion, deliveries }, now);
        },
      }),
  },
];
