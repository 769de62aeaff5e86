import { BusError, type StoreStats } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { givingToo } from "../tampering.ts";

/** What all connections of this process have in common. */
const idsUnderWay = new Set<string>();
const lastLeases = new Map<string, number>();

export const connections: readonly Saboteur[] = [
  {
    name: "counts again only after it changed something itself",
    on: "sqlite",
    caughtBy: ["shows through one connection what was done through another"],
    sabotage: (store) => {
      let counted: Promise<StoreStats> | undefined;
      const changed = <Result>(result: Promise<Result>): Promise<Result> => {
        counted = undefined;
        return result;
      };
      return wrapped(store, {
        append: (...args) => changed(store.append(...args)),
        lease: (...args) => changed(store.lease(...args)),
        settle: (...args) => changed(store.settle(...args)),
        setLane: (...args) => changed(store.setLane(...args)),
        stats: () => (counted ??= store.stats()),
      });
    },
  },
  {
    name: "looks for duplicates among what was recorded before",
    on: "sqlite",
    caughtBy: [
      "records an event once that comes through two connections at once",
      "tells duplicates within a transaction of the host",
    ],
    sabotage: (store) =>
      wrapped(store, {
        append: async (entries, options) => {
          const ids = entries.map(({ event }) => event.id);
          const isUnderWay = new Set(ids.filter((id) => idsUnderWay.has(id)));
          for (const id of ids) idsUnderWay.add(id);
          try {
            const answers = await store.append(entries, options);
            return answers.map((answer, n) => (isUnderWay.has(ids[n]!) ? "appended" : answer));
          } finally {
            for (const id of ids) idsUnderWay.delete(id);
          }
        },
      }),
  },
  {
    name: "bounds the backlog of each connection by itself",
    on: "sqlite",
    caughtBy: ["bounds the backlog over all connections"],
    sabotage: (store) => {
      let own = 0;
      return wrapped(store, {
        append: (entries, options) => {
          const owed = entries.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
          if (own + owed > options.maxBacklog)
            return Promise.reject(new BusError("BUS_BACKLOG_FULL", [options.maxBacklog]));
          own += owed;
          return store.append(entries, { ...options, maxBacklog: Infinity });
        },
        settle: (settlements, now) => {
          own -= settlements.length;
          return store.settle(settlements, now);
        },
      });
    },
  },
  {
    name: "gives what is out through another connection",
    on: "sqlite",
    caughtBy: [
      "gives what is out through one connection through no other",
      "holds back a key at one connection while it is out through another",
      "gives what a closed connection held when its lease is over",
      "takes up the work of a process that is killed beside it, when its leases are over",
      "gives one probe over all connections",
    ],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        lease: async (request) => {
          const lease = await book.store.lease(request);
          if (lease.deliveries.length > 0 || request.limit > 10) return lease;
          const { items } = await store.query({ ...request.lane, state: "leased" }, { limit: request.limit });
          const others = items.filter(({ id }) => !book.open.has(id));
          return { ...lease, deliveries: others.map((record) => ({ ...record, leaseId: 0, attempt: 1 })) };
        },
      });
    },
  },
  {
    name: "minds the order of a key among what is out through its own connection",
    on: "sqlite",
    caughtBy: ["holds back a key at one connection while it is out through another"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return givingToo(
        book.store,
        ({ orderKey }, { held, request }) =>
          request.limit <= 10 &&
          held.some(
            (other) =>
              orderKey !== undefined &&
              other.orderKey === orderKey &&
              other.state === "leased" &&
              !book.open.has(other.id),
          ),
      );
    },
  },
  {
    name: "takes the end of any lease of a delivery that is out",
    on: "sqlite",
    caughtBy: [
      "gives no lease the number of one that a process held which was killed",
      "refuses the end of a lease that was lost to another connection",
    ],
    sabotage: (store) =>
      wrapped(store, {
        lease: async (request) => {
          const lease = await store.lease(request);
          for (const { id, leaseId } of lease.deliveries) lastLeases.set(id, leaseId);
          return lease;
        },
        settle: (settlements, now) =>
          store.settle(
            settlements.map((settlement) => ({
              ...settlement,
              leaseId: lastLeases.get(settlement.id) ?? settlement.leaseId,
            })),
            now,
          ),
      }),
  },
  {
    name: "puts back what is out when its connection is closed",
    on: "sqlite",
    caughtBy: ["gives what a closed connection held when its lease is over"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return wrapped(book.store, {
        close: async () => {
          if (book.open.size > 0) await book.settleAll("pending", 0).catch(() => undefined);
          await store.close();
        },
      });
    },
  },
  {
    name: "names no time at which anything will be due",
    on: "sqlite",
    caughtBy: [
      "keeps the leases of a process that was killed, until they are over",
      "takes up the work of a process that is killed beside it, when its leases are over",
    ],
    sabotage: (store) =>
      wrapped(store, {
        due: async (sinks, now) => {
          const { lanes } = await store.due(sinks, now);
          return { lanes, nextAt: undefined };
        },
      }),
  },
  {
    name: "disables a lane for its own connection",
    on: "sqlite",
    caughtBy: [
      "keeps the state of a lane that a process set which was killed",
      "rests a lane at every connection once it rests at one",
    ],
    sabotage: (store) => {
      const disabled = new Set<string>();
      return wrapped(store, {
        setLane: async (lane, status, condition) => {
          if (status.state !== "disabled") return store.setLane(lane, status, condition);
          disabled.add(`${lane.sink} ${lane.destination}`);
          return true;
        },
        lease: async (request) => {
          const { sink, destination } = request.lane;
          return disabled.has(`${sink} ${destination}`) ? { deliveries: [], isProbe: false } : store.lease(request);
        },
      });
    },
  },
  {
    name: "gives a probe through each connection",
    on: "sqlite",
    caughtBy: ["gives one probe over all connections"],
    sabotage: (store) =>
      givingToo(store, async (waiting, { held, given, request }) => {
        if (given.length > 0 || held.find(({ state }) => state === "pending") !== waiting) return false;
        const lane = (await store.lanes()).find(({ sink }) => sink === request.lane.sink);
        return lane?.status.state === "paused" && (lane.status.until ?? Infinity) <= request.now;
      }),
  },
];
