import type { LeasedDelivery, Store } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";

const OVER_WORKERS = ["gives no delivery to two of 8 workers at once, and each of 40,000 until it has ended"];
const OVER_CONNECTIONS = ["gives no delivery to two of 8 connections at once, and each of 2,000 until it has ended"];
/** So many are leased at once only where many workers share a lane. */
const MANY = 100;

export const workers: readonly Saboteur[] = [
  {
    name: "gives one of many deliveries twice",
    caughtBy: OVER_WORKERS,
    sabotage: (store) => {
      let given: LeasedDelivery | undefined;
      return wrapped(store, {
        lease: async (request) => {
          const lease = await store.lease(request);
          if (lease.deliveries.length < MANY) return lease;
          const [again] = [given, (given = lease.deliveries[0])];
          return again === undefined ? lease : { ...lease, deliveries: [...lease.deliveries, again] };
        },
      });
    },
  },
  {
    name: "leases one of many deliveries without giving it",
    caughtBy: OVER_WORKERS,
    sabotage: (store) =>
      wrapped(store, {
        lease: async (request) => {
          const lease = await store.lease(request);
          return lease.deliveries.length < MANY ? lease : { ...lease, deliveries: lease.deliveries.slice(1) };
        },
      }),
  },
  {
    name: "gives one of many deliveries again after its end",
    caughtBy: OVER_WORKERS,
    sabotage: (store) =>
      wrapped(store, {
        settle: async (settlements, now) => {
          const answers = await store.settle(settlements, now);
          const [{ id } = { id: "" }] = settlements;
          if (settlements.length >= MANY) await store.replay({ id }, { limit: 1, now });
          return answers;
        },
      }),
  },
  {
    name: "gives through one connection what is out through another when many are asked for",
    on: "sqlite",
    caughtBy: OVER_CONNECTIONS,
    sabotage: (store) =>
      wrapped(store, {
        lease: async (request) => {
          const lease = await store.lease(request);
          if (request.limit < MANY) return lease;
          const other = [...outThere.values()].find(({ by }) => by !== store);
          for (const delivery of lease.deliveries) outThere.set(delivery.id, { by: store, delivery });
          return other === undefined ? lease : { ...lease, deliveries: [...lease.deliveries, other.delivery] };
        },
        settle: (settlements, now) => {
          for (const { id } of settlements) outThere.delete(id);
          return store.settle(settlements, now);
        },
      }),
  },
];

/** What is out, over all connections of this process. */
const outThere = new Map<string, { readonly by: Store; readonly delivery: LeasedDelivery }>();
