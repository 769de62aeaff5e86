import type { Attempt } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { onAnswers, onLeased, onRecords, onSettlements } from "../tampering.ts";

export const leaseTime: readonly Saboteur[] = [
  {
    name: "gives a retry 1 ms early",
    caughtBy: [
      "gives nothing before it is due",
      "gives a retry no fraction of a millisecond early, and at most one late",
      "puts a delivery back as pending, due when the settlement says",
      "names the time of the next retry",
    ],
    sabotage: (store) => onSettlements(store, ({ dueAt = 0, ...rest }) => ({ ...rest, dueAt: dueAt - 1 })),
  },
  {
    name: "gives a retry 1 ms late",
    caughtBy: [
      "gives it as soon as it is due",
      "puts a delivery back as pending, due when the settlement says",
      "names the time of the next retry",
    ],
    sabotage: (store) =>
      onSettlements(store, ({ dueAt = 0, ...rest }, now) => ({ ...rest, dueAt: dueAt > now ? dueAt + 1 : dueAt })),
  },
  {
    name: "rounds the time of an arrival up",
    caughtBy: ["gives what arrived at a fraction of a millisecond at once"],
    sabotage: (store) =>
      wrapped(store, {
        append: (entries, { maxBacklog, now }) => store.append(entries, { maxBacklog, now: Math.ceil(now) }),
      }),
  },
  {
    name: "cuts off the fraction of the time of a retry",
    caughtBy: ["gives a retry no fraction of a millisecond early, and at most one late"],
    sabotage: (store) => onSettlements(store, ({ dueAt = 0, ...rest }) => ({ ...rest, dueAt: Math.floor(dueAt) })),
  },
  {
    name: "cuts off the fraction of the end of a lease",
    caughtBy: ["ends a lease no fraction of a millisecond early, and at most one late"],
    sabotage: (store) =>
      wrapped(store, { lease: (request) => store.lease({ ...request, until: Math.floor(request.until) }) }),
  },
  {
    name: "ends a lease 1 ms early",
    caughtBy: [
      "holds a leased delivery until its lease is over",
      "keeps leases while it is closed",
      "ends a lease no fraction of a millisecond early, and at most one late",
      "discards nothing that is out on a lease",
      "names the time at which a lease ends",
      "names the end of what is out where that holds up the probe of a lane",
      "names the earliest time of several lanes, those that have work apart",
    ],
    sabotage: (store) => wrapped(store, { lease: (request) => store.lease({ ...request, until: request.until - 1 }) }),
  },
  {
    name: "ends a lease 1 ms late",
    caughtBy: [
      "gives a delivery again as soon as its lease is over",
      "keeps a lease that was given before the clock went back, until its end",
      "discards what is out on a lease that is over, and refuses its end then",
      "names the time at which a lease ends",
      "names the end of what is out where that holds up the probe of a lane",
      "names the earliest time of several lanes, those that have work apart",
    ],
    sabotage: (store) => wrapped(store, { lease: (request) => store.lease({ ...request, until: request.until + 1 }) }),
  },
  {
    name: "shows an attempt only when it has ended",
    caughtBy: ["counts an attempt when it is leased"],
    sabotage: (store) =>
      onRecords(store, (record) => (record.state === "leased" ? { ...record, attempts: record.attempts - 1 } : record)),
  },
  {
    name: "does not count an attempt that was lost with its lease",
    caughtBy: ["counts an attempt that was lost with its lease", "starts a replayed delivery anew, under the same id"],
    sabotage: (store) => {
      const out = new Set<string>();
      const lost = new Map<string, number>();
      const leasing = onLeased(store, (delivery) => {
        if (out.has(delivery.id)) lost.set(delivery.id, (lost.get(delivery.id) ?? 0) + 1);
        out.add(delivery.id);
        return { ...delivery, attempt: delivery.attempt - (lost.get(delivery.id) ?? 0) };
      });
      return onAnswers(leasing, (answer, { id }) => {
        if (answer) out.delete(id);
        return answer;
      });
    },
  },
  {
    name: "counts a free attempt",
    caughtBy: ["counts no attempt that was free"],
    sabotage: (store) => onSettlements(store, (settlement) => ({ ...settlement, isFree: false })),
  },
  {
    name: "shows what is out on a lease that is over as pending",
    caughtBy: [
      "shows a delivery as leased after its lease is over, until it is leased again",
      "counts the deliveries of each state as a full scan does, after any calls",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      const shown = onRecords(book.store, (record) => {
        const isOver = record.state === "leased" && (book.open.get(record.id)?.until ?? Infinity) <= book.latest;
        return isOver ? { ...record, state: "pending" } : record;
      });
      return wrapped(shown, {
        due: (sinks, now) => {
          book.latest = Math.max(book.latest, now);
          return store.due(sinks, now);
        },
      });
    },
  },
  {
    name: "refuses the end of a lease that is over",
    caughtBy: ["takes the end of an expired lease that nobody took over"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onSettlements(book.store, (settlement, now) =>
        (book.open.get(settlement.id)?.until ?? Infinity) <= now ? { ...settlement, leaseId: -1 } : settlement,
      );
    },
  },
  {
    name: "takes the end of a lease that was lost",
    caughtBy: [
      "refuses the end of a lease that was lost",
      "changes nothing of a delivery when a late settle of it is refused",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onSettlements(book.store, (settlement) =>
        book.hasGiven(settlement) ? book.current(settlement) : settlement,
      );
    },
  },
  {
    name: "says that it took the end of a lease that was lost",
    caughtBy: ["refuses the end of a lease that was lost"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onAnswers(book.store, (answer, { id, leaseId }) => {
        const isLost = book.hasGiven({ id, leaseId }) && (book.open.get(id)?.leaseId ?? leaseId) !== leaseId;
        return answer || isLost;
      });
    },
  },
  {
    name: "notes the attempt of a late settle, though it refuses it",
    caughtBy: ["changes nothing of a delivery when a late settle of it is refused"],
    sabotage: (store) => {
      const noted = new Map<string, Attempt>();
      const settling = onAnswers(store, (answer, { id, attempt }) => {
        if (!answer && attempt !== undefined) noted.set(id, attempt);
        return answer;
      });
      return onRecords(settling, (record) => {
        const attempt = noted.get(record.id);
        return attempt === undefined ? record : { ...record, history: [...record.history, attempt] };
      });
    },
  },
  {
    name: "takes the latest time at which it leased for the time of each lease",
    caughtBy: ["loses nothing that arrived before the clock went back, and gives it no earlier"],
    sabotage: (store) => {
      let latest = -Infinity;
      return wrapped(store, {
        append: (entries, options) => {
          latest = Math.max(latest, options.now);
          return store.append(entries, options);
        },
        lease: (request) => store.lease({ ...request, now: Math.max(latest, request.now) }),
      });
    },
  },
  {
    name: "names no time for what was never tried",
    caughtBy: ["names the time for what arrived before the clock went back"],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { lanes, nextAt } = await store.due(sinks, now);
          const { items } = await store.query({ state: "pending" }, { limit: 40 });
          const isUntried = items.some(({ attempts, dueAt }) => attempts === 0 && dueAt === nextAt);
          return { lanes, nextAt: isUntried ? undefined : nextAt };
        },
      }),
  },
  {
    name: "lets no retry be due before the latest lease",
    caughtBy: ["goes on with retries after the clock went back"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return onSettlements(book.store, ({ dueAt = 0, ...rest }) => ({ ...rest, dueAt: Math.max(dueAt, book.latest) }));
    },
  },
  {
    name: "takes back what is out when the clock goes back",
    caughtBy: ["keeps a lease that was given before the clock went back, until its end"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        lease: async (request) => {
          if (request.now < book.latest) await book.settleAll("pending", request.now);
          return book.store.lease(request);
        },
      });
    },
  },
];
