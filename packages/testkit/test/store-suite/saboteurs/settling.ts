import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onAnswers, onLeased, onRecords, onSettlements } from "../tampering.ts";

export const settling: readonly Saboteur[] = [
  {
    name: "does not keep when a delivery was delivered",
    caughtBy: [
      "ends a delivery as delivered, at the time given",
      "answers false to the second end of a lease, and leaves the first as it is",
    ],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "delivered" ? { ...record, endedAt: undefined } : record)),
  },
  {
    name: "takes what is skipped for delivered",
    caughtBy: ["ends a delivery as skipped, at the time given"],
    sabotage: (store) =>
      onSettlements(store, (settlement) =>
        settlement.state === "skipped" ? { ...settlement, state: "delivered" } : settlement,
      ),
  },
  {
    name: "does not keep when a delivery died",
    caughtBy: ["ends a delivery as dead, at the time given"],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "dead" ? { ...record, endedAt: undefined } : record)),
  },
  {
    name: "shows a retry as due since its arrival",
    caughtBy: ["puts a delivery back as pending, due when the settlement says"],
    sabotage: (store) =>
      onRecords(store, (record) =>
        record.state === "pending" && record.attempts > 0 ? { ...record, dueAt: 0 } : record,
      ),
  },
  {
    name: "does not keep why a delivery was put back",
    caughtBy: ["keeps why a delivery was put back", "keeps what was said of an attempt as it was given"],
    sabotage: (store) =>
      onSettlements(store, ({ reason, ...rest }) =>
        rest.state === "pending" || reason === undefined ? rest : { ...rest, reason },
      ),
  },
  {
    name: "says that it ended a delivery that it does not know",
    caughtBy: ["answers false for a delivery that it does not know, and ends the others"],
    sabotage: (store) => onAnswers(store, async (answer, { id }) => answer || (await store.get(id)) === undefined),
  },
  {
    name: "takes the end of a lease that it never gave",
    caughtBy: ["answers false for a lease that it never gave, and ends the others"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onSettlements(book.store, (settlement) =>
        book.hasGiven(settlement) ? settlement : book.current(settlement),
      );
    },
  },
  {
    name: "ends no more of a group after a lease that it does not know",
    caughtBy: [
      "answers false for a delivery that it does not know, and ends the others",
      "answers false for a lease that it never gave, and ends the others",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        settle: async (settlements, now) => {
          const unknown = settlements.findIndex((settlement) => !book.hasGiven(settlement));
          const taken = unknown < 0 ? settlements : settlements.slice(0, unknown);
          const answers = await book.store.settle(taken, now);
          return settlements.map((_, index) => answers[index] ?? false);
        },
      });
    },
  },
  {
    name: "says that it ended a delivery that is not leased",
    caughtBy: ["answers false for a delivery that is not leased"],
    sabotage: (store) =>
      onAnswers(store, async (answer, { id }) => answer || (await store.get(id))?.state === "pending"),
  },
  {
    name: "says that it ended again what has ended",
    caughtBy: ["answers false to the second end of a lease, and leaves the first as it is"],
    sabotage: (store) => {
      const ended = new Set<string>();
      return wrapped(store, {
        settle: async (settlements, now) => {
          const wasEnded = settlements.map(({ id, leaseId }) => ended.has(`${leaseId} ${id}`));
          const answers = await store.settle(settlements, now);
          for (const [index, { id, leaseId }] of settlements.entries())
            if (answers[index] === true) ended.add(`${leaseId} ${id}`);
          return answers.map((answer, index) => answer || wasEnded[index] === true);
        },
      });
    },
  },
  {
    name: "takes the last of two ends of a lease that come together",
    caughtBy: ["takes the first of two ends of a lease that come together"],
    sabotage: (store) =>
      wrapped(store, {
        settle: async (settlements, now) => (await store.settle(settlements.toReversed(), now)).toReversed(),
      }),
  },
  {
    name: "takes the end of a lease for the end of all that were given before it",
    caughtBy: [
      "skips nothing when leases are ended out of order",
      "answers false for a lease that it never gave, and ends the others",
      "replays nothing that is unfinished, and counts none of it",
      "forgets by when deliveries ended, not by when they arrived",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        settle: async (settlements, now) => {
          const last = Math.max(...settlements.map(({ leaseId }) => leaseId));
          const answers = await book.store.settle(settlements, now);
          const before = [...book.open.values()].filter(({ leaseId }) => leaseId < last);
          if (answers.includes(true))
            await book.store.settle(
              before.map(({ id, leaseId }) => ({ id, leaseId, state: "delivered" })),
              now,
            );
          return answers;
        },
      });
    },
  },
  {
    name: "does not keep what the target answered",
    caughtBy: [
      "keeps each attempt with its time, outcome, reason and what the target answered",
      "keeps what was said of an attempt as it was given",
    ],
    sabotage: (store) =>
      onSettlements(store, ({ attempt, ...rest }) => {
        if (attempt === undefined) return rest;
        const { info: _, ...without } = attempt;
        return { ...rest, attempt: without };
      }),
  },
  {
    name: "keeps the first 20 attempts",
    caughtBy: ["keeps the last 20 attempts"],
    sabotage: (store) => {
      const kept = new Map<string, number>();
      return onSettlements(store, ({ attempt, ...rest }) => {
        const count = (kept.get(rest.id) ?? 0) + 1;
        kept.set(rest.id, count);
        return attempt === undefined || count > 20 ? rest : { ...rest, attempt };
      });
    },
  },
  {
    name: "keeps every attempt",
    caughtBy: ["keeps the last 20 attempts"],
    sabotage: (store) => {
      const before = new Map<string, readonly unknown[]>();
      return onRecords(
        onSettlements(store, (settlement) => {
          const { id, attempt } = settlement;
          if (attempt !== undefined) before.set(id, [...(before.get(id) ?? []), attempt]);
          return settlement;
        }),
        (record) => {
          const all = before.get(record.id) ?? [];
          return record.history.length < 20 ? record : { ...record, history: all as typeof record.history };
        },
      );
    },
  },
  {
    name: "takes the number of the attempt for the id of its lease",
    caughtBy: ["gives every lease of a delivery an id of its own, also after a free attempt"],
    sabotage: (store) => {
      const ids = new Map<string, number>();
      const real = <Lease extends { readonly id: string; readonly leaseId: number }>(lease: Lease): Lease => ({
        ...lease,
        leaseId: ids.get(`${lease.leaseId} ${lease.id}`) ?? -1,
      });
      const leasing = onLeased(store, (delivery) => {
        ids.set(`${delivery.attempt} ${delivery.id}`, delivery.leaseId);
        return { ...delivery, leaseId: delivery.attempt };
      });
      return wrapped(leasing, {
        settle: (settlements, now) => store.settle(settlements.map(real), now),
        expand: (expansion, now) => store.expand(real(expansion), now),
      });
    },
  },
];
