import type { DeliveryRecord, LeasedDelivery } from "@bus/core";
import { LeaseBook } from "../lease-book.ts";
import { wrapped, type Saboteur } from "../saboteur.ts";
import { givingToo, holdingBack, onLease } from "../tampering.ts";

export const leaseOrder: readonly Saboteur[] = [
  {
    name: "orders what a lease gives by arrival",
    caughtBy: ["gives what is longest due first", "ranks a key by the oldest delivery of it"],
    sabotage: (store) =>
      onLease(store, (given, held) => sortedBy(given, ({ id }) => held.findIndex((r) => r.id === id))),
  },
  {
    name: "orders what came due together by its id",
    caughtBy: ["gives what came due together in the order of arrival"],
    sabotage: (store) =>
      onLease(store, (given, held) => {
        const keys = given.flatMap(({ orderKey }) => (orderKey === undefined ? [] : [orderKey]));
        if (new Set(keys).size < keys.length) return given;
        const byId = given.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        return sortedBy(byId, ({ id }) => held.find((record) => record.id === id)?.dueAt ?? 0);
      }),
  },
  {
    name: "ranks a key by whichever of its deliveries is due first",
    caughtBy: ["ranks a key by the oldest delivery of it"],
    sabotage: (store) =>
      onLease(store, (given, held) =>
        sortedBy(given, (delivery) => {
          const group = held.filter(({ id, orderKey }) =>
            delivery.orderKey === undefined ? id === delivery.id : orderKey === delivery.orderKey,
          );
          return Math.min(...group.filter(isUnfinished).map(({ dueAt }) => dueAt));
        }),
      ),
  },
  {
    name: "gives one more of a key while one is out",
    caughtBy: [
      "has one delivery of a key out at a time, and the next when it is back",
      "gives what has another key, or none, while a key is out",
      "gives the next run of a key when all of the last is back",
      "gives the next of a key when the one before it was fanned out",
      "gives a single probe of a lane whose pause is over",
      "gives nothing of a key while a later one of its run is out",
    ],
    sabotage: (store) =>
      givingToo(store, (waiting, { held, given, request }) => {
        const isNew = given.some(({ orderKey }) => orderKey === waiting.orderKey);
        return (
          !isNew && waiting.dueAt <= request.now && othersOfKey(waiting, held).some(({ state }) => state === "leased")
        );
      }),
  },
  {
    name: "holds back a whole lane while a key of it is out",
    caughtBy: ["gives what has another key, or none, while a key is out"],
    sabotage: (store) => {
      const book = new LeaseBook(store);
      return holdingBack(book.store, (held, { now }) =>
        held.some(({ id, orderKey }) => orderKey !== undefined && (book.open.get(id)?.until ?? 0) > now),
      );
    },
  },
  {
    name: "lets the followers of a retried delivery overtake it",
    caughtBy: [
      "holds back the followers of a retried delivery until it went",
      "ends the run of a key before what is not due yet",
    ],
    sabotage: (store) =>
      givingToo(store, (waiting, { held, request: { now } }) => {
        return waiting.dueAt <= now && othersOfKey(waiting, held).some((other) => isRetried(other, now));
      }),
  },
  {
    name: "holds back a whole lane behind a retried delivery that has a key",
    caughtBy: ["holds back no other key behind a retried delivery", "ends the run of a key before what is not due yet"],
    sabotage: (store) =>
      holdingBack(store, (held, { now }) =>
        held.some((record) => record.orderKey !== undefined && isRetried(record, now)),
      ),
  },
  {
    name: "takes deliveries without a key for those of one key once one of them is retried",
    caughtBy: ["keeps no order among deliveries without a key"],
    sabotage: (store) =>
      holdingBack(store, (held, { now }) =>
        held.some((record) => record.orderKey === undefined && isRetried(record, now)),
      ),
  },
  {
    name: "gives one of a key however many are asked for",
    caughtBy: [
      "gives as long a run of a key as asked for",
      "gives the next run of a key when all of the last is back",
      "ends the run of a key before what is not due yet",
      "gives no more deliveries than asked for, runs of keys included",
      "gives the oldest of a key again first when the lease of its run is over",
      "has the destinations of a delivery arrive in the order given",
      "keeps the order of arrival among what it replays",
      "puts what it replays behind what waits in the same key",
      "gives nothing of a key while a later one of its run is out",
    ],
    sabotage: (store) => wrapped(store, { lease: (request) => store.lease({ ...request, perKey: 1 }) }),
  },
  {
    name: "gives one more of a key than asked for",
    caughtBy: [
      "gives as long a run of a key as asked for",
      "tells order keys apart, whatever is in them, and the empty one from none",
      "ranks a key by the oldest delivery of it",
      "has one delivery of a key out at a time, and the next when it is back",
      "holds back the followers of a retried delivery until it went",
      "gives the next run of a key when all of the last is back",
      "ends the run of a key before what is not due yet",
      "gives no more deliveries than asked for, runs of keys included",
      "keeps the order of a key at the destinations",
      "gives nothing of a key while a later one of its run is out",
    ],
    sabotage: (store) =>
      wrapped(store, { lease: (request) => store.lease({ ...request, perKey: request.perKey + 1 }) }),
  },
  {
    name: "gives the next of a key when the first of its run is back",
    caughtBy: ["gives the next run of a key when all of the last is back"],
    sabotage: (store) =>
      givingToo(store, (waiting, { held, given }) => {
        const others = othersOfKey(waiting, held);
        const isOut = others.some(({ id, state }) => state === "leased" && !given.some((each) => each.id === id));
        return isOut && others.some(({ state }) => state === "delivered");
      }),
  },
  {
    name: "gives the oldest of a key again while a later one is out",
    caughtBy: ["gives nothing of a key while a later one of its run is out"],
    sabotage: (store) =>
      givingToo(store, (waiting, { held, given, request: { now } }) => {
        const group = [waiting, ...othersOfKey(waiting, held)].filter(isUnfinished);
        const isFirst = held.find((record) => group.includes(record)) === waiting;
        const isOut = group.some(({ id, state }) => state === "leased" && !given.some((each) => each.id === id));
        return isFirst && isOut && waiting.dueAt <= now;
      }),
  },
  {
    name: "runs a key on into what is not due yet",
    caughtBy: ["ends the run of a key before what is not due yet"],
    sabotage: (store) =>
      givingToo(store, (waiting, { given, request: { perKey, now } }) => {
        const run = given.filter(({ orderKey }) => orderKey !== undefined && orderKey === waiting.orderKey);
        return run.length > 0 && run.length < perKey && waiting.dueAt > now;
      }),
  },
  {
    name: "takes the limit of a lease for one of keys",
    caughtBy: ["gives no more deliveries than asked for, runs of keys included"],
    sabotage: (store) =>
      wrapped(store, { lease: (request) => store.lease({ ...request, limit: request.limit * request.perKey }) }),
  },
  {
    name: "looks in the lanes of other sinks when a lane has nothing to give",
    caughtBy: ["gives the deliveries of a lane to no other"],
    sabotage: (store) =>
      givingToo(
        store,
        (waiting, { given, request }) =>
          given.length === 0 && waiting.dueAt <= request.now && waiting.sink !== request.lane.sink,
        ({ destination }) => ({ destination }),
      ),
  },
  {
    name: "looks in the other lanes of a sink when a lane has nothing to give",
    caughtBy: ["gives the deliveries of a lane to no other"],
    sabotage: (store) =>
      givingToo(
        store,
        (waiting, { given, request: { lane, now } }) =>
          given.length === 0 && waiting.dueAt <= now && waiting.destination !== lane.destination,
        ({ sink }) => ({ sink }),
      ),
  },
  {
    name: "keeps the order of a key over all lanes",
    caughtBy: ["keeps the order of a key within each lane alone"],
    sabotage: (store) =>
      holdingBack(store, async (held, { lane }) => {
        const others = (await store.query({}, { limit: 40 })).items.filter(
          ({ sink, destination }) => sink !== lane.sink || destination !== lane.destination,
        );
        const out = others.filter(({ state }) => state === "leased").map(({ orderKey }) => orderKey);
        return held.some(
          ({ state, orderKey }) => state === "pending" && orderKey !== undefined && out.includes(orderKey),
        );
      }),
  },
  {
    name: "gives what was lost with its lease behind the rest of its key",
    caughtBy: [
      "gives the oldest of a key again first when the lease of its run is over",
      "gives nothing of a key while a later one of its run is out",
    ],
    sabotage: (store) => onLease(store, (given) => sortedBy(given, ({ attempt }) => (attempt > 1 ? 1 : 0))),
  },
];

function sortedBy(
  deliveries: readonly LeasedDelivery[],
  rank: (delivery: LeasedDelivery) => number,
): readonly LeasedDelivery[] {
  return deliveries.toSorted((a, b) => rank(a) - rank(b));
}

function isUnfinished({ endedAt }: DeliveryRecord): boolean {
  return endedAt === undefined;
}

function isRetried({ state, dueAt, attempts }: DeliveryRecord, now: number): boolean {
  return state === "pending" && attempts > 0 && dueAt > now;
}

/** Those of the same key, when it has one. */
function othersOfKey({ id, orderKey }: DeliveryRecord, held: readonly DeliveryRecord[]): readonly DeliveryRecord[] {
  return orderKey === undefined ? [] : held.filter((other) => other.id !== id && other.orderKey === orderKey);
}
