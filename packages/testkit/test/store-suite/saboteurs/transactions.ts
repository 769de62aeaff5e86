import { setImmediate as nextTurn } from "node:timers/promises";
import { BusError, type AppendEntry, type DeliveryRecord } from "@bus/core";
import { wrapped, type HostState, type Saboteur } from "../saboteur.ts";

const ROLLED_BACK = "BUS_TRANSACTION_ROLLED_BACK";
/** Less than the tests wait before the host commits. */
const TURNS = 10;

/** What no host has committed yet, over all connections of this process. */
const uncommitted = new Map<string, DeliveryRecord>();

export const transactions: readonly Saboteur[] = [
  {
    name: "takes a transaction that stays open for one that was rolled back",
    on: "sqlite",
    caughtBy: [
      "records what was appended in a transaction of the host when it commits",
      "resolves an append in a transaction of the host only after its commit",
      "shows nobody what a transaction of the host holds before its commit",
      "records what was appended after a savepoint that the host releases",
    ],
    sabotage: (store, host) =>
      wrapped(store, {
        append: async (entries, options) => {
          const isLong = staysOpen(host);
          const [answers, hasStayedOpen] = await Promise.all([store.append(entries, options), isLong]);
          if (hasStayedOpen) throw new BusError(ROLLED_BACK, [entries.length]);
          return answers;
        },
      }),
  },
  {
    name: "resolves an append before the transaction of the host is over",
    on: "sqlite",
    caughtBy: [
      "resolves an append in a transaction of the host only after its commit",
      "keeps nothing of what was appended in a transaction that the host rolls back, and says so",
      "keeps its own work out of a transaction that the host begins and rolls back",
    ],
    sabotage: (store, host) =>
      wrapped(store, {
        append: async (entries, options) => {
          const answers = store.append(entries, options);
          const isOver = answers.then(
            () => false,
            () => false,
          );
          if (await Promise.race([isOver, staysOpen(host)])) return entries.map(() => "appended");
          return answers;
        },
      }),
  },
  {
    name: "says of what was rolled back that it is recorded",
    on: "sqlite",
    caughtBy: [
      "keeps nothing of what was appended in a transaction that the host rolls back, and says so",
      "keeps nothing of what was appended after a savepoint to which the host rolls back, and the rest",
      "keeps nothing of a savepoint that was released in a transaction that the host rolls back",
      "keeps its own work out of a transaction that the host begins and rolls back",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) =>
          store.append(entries, options).catch((error: unknown) => {
            if (!BusError.is(error, ROLLED_BACK)) throw error;
            return entries.map(() => "appended" as const);
          }),
      }),
  },
  {
    name: "records what was rolled back all the same",
    on: "sqlite",
    caughtBy: [
      "keeps nothing of what was appended in a transaction that the host rolls back, and says so",
      "keeps nothing of what was appended after a savepoint to which the host rolls back, and the rest",
      "keeps nothing of a savepoint that was released in a transaction that the host rolls back",
      "keeps its own work out of a transaction that the host begins and rolls back",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) =>
          store.append(entries, options).catch(async (error: unknown) => {
            if (BusError.is(error, ROLLED_BACK)) await store.append(entries, options);
            throw error;
          }),
      }),
  },
  {
    name: "shows what a host has not committed",
    on: "sqlite",
    caughtBy: ["shows nobody what a transaction of the host holds before its commit"],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          for (const entry of entries) uncommitted.set(entry.event.id, recordOf(entry, options.now));
          try {
            return await store.append(entries, options);
          } finally {
            for (const { event } of entries) uncommitted.delete(event.id);
          }
        },
        get: async (id) => (await store.get(id)) ?? uncommitted.get(id),
      }),
  },
  {
    name: "gives up a whole transaction for one savepoint in it",
    on: "sqlite",
    caughtBy: ["keeps nothing of what was appended after a savepoint to which the host rolls back, and the rest"],
    sabotage: (store, host) => {
      const ofTransaction = new Set<Promise<unknown>>();
      return wrapped(store, {
        append: async (entries, options) => {
          if (host?.isInTransaction !== true) return store.append(entries, options);
          const answers = store.append(entries, options);
          ofTransaction.add(answers);
          const fates = answers.then(
            () => Promise.allSettled(ofTransaction),
            () => Promise.allSettled(ofTransaction),
          );
          const rolledBack = (await fates).find(
            (fate) => fate.status === "rejected" && BusError.is(fate.reason, ROLLED_BACK),
          );
          ofTransaction.delete(answers);
          if (rolledBack?.status === "rejected") throw rolledBack.reason;
          return answers;
        },
      });
    },
  },
  {
    name: "records the first of a batch for which a transaction has no room",
    on: "sqlite",
    caughtBy: ["refuses a batch for which the backlog has no room, and leaves the transaction of the host as it was"],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, options) =>
          store.append(entries, options).catch(async (error: unknown) => {
            if (BusError.is(error, "BUS_BACKLOG_FULL") && entries.length > 1)
              await store.append(entries.slice(0, 1), { ...options, maxBacklog: Infinity });
            throw error;
          }),
      }),
  },
  {
    name: "lets the host roll back the ends of leases with its transaction",
    on: "sqlite",
    caughtBy: ["keeps its own work out of a transaction that the host begins and rolls back"],
    sabotage: (store) => {
      const underWay = new Set<Promise<unknown>>();
      return wrapped(store, {
        append: (entries, options) => {
          const answers = store.append(entries, options).finally(() => void underWay.delete(answers));
          underWay.add(answers);
          return answers;
        },
        settle: async (settlements, now) => {
          const fates = await Promise.allSettled(underWay);
          const isRolledBack = fates.some(
            (fate) => fate.status === "rejected" && BusError.is(fate.reason, ROLLED_BACK),
          );
          return isRolledBack ? settlements.map(() => true) : store.settle(settlements, now);
        },
      });
    },
  },
  {
    name: "closes without waiting for the transaction of the host",
    on: "sqlite",
    caughtBy: ["goes on with the host's connection after it was closed and opened again"],
    sabotage: (store) => {
      let isClosing = false;
      return wrapped(store, {
        append: async (entries, options) => {
          const answers = await store.append(entries, options);
          if (isClosing) throw new BusError("BUS_STORE_CLOSED", ["append"]);
          return answers;
        },
        close: async () => {
          isClosing = true;
          await store.close();
          isClosing = false;
        },
      });
    },
  },
];

function recordOf({ event, deliveries }: AppendEntry, now: number): DeliveryRecord {
  return {
    id: event.id,
    sink: "",
    destination: "",
    ...deliveries[0],
    event,
    state: "pending",
    attempts: 0,
    history: [],
    dueAt: now,
  };
}

/** Whether a transaction in which the host is goes on for a while. */
async function staysOpen(host: HostState | undefined): Promise<boolean> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (host?.isInTransaction !== true) return false;
    await nextTurn();
  }
  return true;
}
