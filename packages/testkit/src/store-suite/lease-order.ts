import { deepEqual, equal } from "node:assert/strict";
import { aStoreOf, anEnd, anEntry, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

const RETRY = { state: "pending", dueAt: 50 } as const;

/** Which deliveries a lease gives, and in which order. */
export const leaseOrder: readonly StoreTest[] = [
  {
    name: "gives what is longest due first",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("late")], 10);
      await store.append([anEntry("early")], { ...NO_BOUND, now: 5 });

      const given = await leasedIds(store, { now: 20 });

      deepEqual(given, ["early", "late"]);
    },
  },
  {
    name: "gives what came due together in the order of arrival",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("c"), anEntry("a", { orderKey: "k" }), anEntry("b")]);
      await store.append([anEntry("0")], NO_BOUND);

      const given = await leasedIds(store);

      deepEqual(given, ["c", "a", "b", "0"]);
    },
  },
  {
    name: "ranks a key by the oldest delivery of it",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);
      await store.settle([anEnd(await leasedOne(store), RETRY)], 0);
      await store.append([anEntry("c")], { ...NO_BOUND, now: 20 });

      const given = await leasedIds(store, { now: 60 });

      deepEqual(given, ["c", "a"]);
    },
  },
  {
    name: "has one delivery of a key out at a time, and the next when it is back",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);

      const first = await leased(store);

      deepEqual([first.map(({ id }) => id), await leasedIds(store)], [["a"], []]);
      await store.settle([anEnd(first[0])], 0);
      deepEqual(await leasedIds(store), ["b"]);
    },
  },
  {
    name: "gives what has another key, or none, while a key is out",
    async run(context) {
      const store = await aStoreOf(context, [
        anEntry("a", { orderKey: "k" }),
        anEntry("b", { orderKey: "k" }),
        anEntry("c", { orderKey: "l" }),
        anEntry("d"),
      ]);
      await leasedOne(store);

      const given = await leasedIds(store);

      deepEqual(given, ["c", "d"]);
    },
  },
  {
    name: "holds back the followers of a retried delivery until it went",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);
      await store.settle([anEnd(await leasedOne(store), RETRY)], 0);

      const early = await leasedIds(store, { now: 20 });
      const again = await leased(store, { now: 80 });

      deepEqual([early, again.map(({ id }) => id)], [[], ["a"]]);
      await store.settle([anEnd(again[0])], 80);
      deepEqual(await leasedIds(store, { now: 80 }), ["b"]);
    },
  },
  {
    name: "holds back no other key behind a retried delivery",
    async run(context) {
      const store = await aStoreOf(context, [
        anEntry("a", { orderKey: "k" }),
        anEntry("b", { orderKey: "l" }),
        anEntry("c"),
      ]);
      await store.settle([anEnd(await leasedOne(store), RETRY)], 0);

      const given = await leasedIds(store, { now: 20 });

      deepEqual(given, ["b", "c"]);
    },
  },
  {
    name: "keeps no order among deliveries without a key",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      const [a] = await leased(store, { limit: 2 });
      await store.settle([anEnd(a, RETRY)], 0);

      const given = await leasedIds(store, { now: 20 });

      deepEqual(given, ["c"]);
    },
  },
  {
    name: "gives as long a run of a key as asked for",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d"].map((id) => anEntry(id, { orderKey: "k" })),
      );

      const given = await leasedIds(store, { perKey: 3 });

      deepEqual(given, ["a", "b", "c"]);
    },
  },
  {
    name: "gives the next run of a key when all of the last is back",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d"].map((id) => anEntry(id, { orderKey: "k" })),
      );
      const [a, b] = await leased(store, { perKey: 2 });
      await store.settle([anEnd(a)], 0);

      const between = await leasedIds(store, { perKey: 2 });
      await store.settle([anEnd(b)], 0);

      deepEqual([between, await leasedIds(store, { perKey: 2 })], [[], ["c", "d"]]);
    },
  },
  {
    name: "gives nothing of a key while a later one of its run is out",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c"].map((id) => anEntry(id, { orderKey: "k" })),
      );
      const [a, b] = await leased(store, { perKey: 2 });
      await store.settle([anEnd(a, { state: "pending", dueAt: 0 })], 0);

      const between = await leasedIds(store, { perKey: 3 });
      await store.settle([anEnd(b)], 0);

      deepEqual([between, await leasedIds(store, { perKey: 3 })], [[], ["a", "c"]]);
    },
  },
  {
    name: "ends the run of a key before what is not due yet",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c"].map((id) => anEntry(id, { orderKey: "k" })),
      );
      const [a, b] = await leased(store, { perKey: 2 });
      await store.settle([anEnd(a, { state: "pending", dueAt: 10 }), anEnd(b, RETRY)], 0);

      const given = await leasedIds(store, { perKey: 3, now: 20 });

      deepEqual(given, ["a"]);
    },
  },
  {
    name: "gives no more deliveries than asked for, runs of keys included",
    async run(context) {
      const keyed = ["a", "b", "c"].map((id) => anEntry(id, { orderKey: "k" }));
      const store = await aStoreOf(context, [...keyed, anEntry("d"), anEntry("e")]);

      const given = await leasedIds(store, { limit: 3, perKey: 2 });

      deepEqual(given, ["a", "b", "d"]);
      equal((await store.stats()).leased, 3);
    },
  },
  {
    name: "gives the deliveries of a lane to no other",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", { sink: "graph" })]);

      const destination = await leasedIds(store, { lane: { ...HOOKS, destination: "two" } });
      const sink = await leasedIds(store, { lane: { ...HOOKS, sink: "notify" } });
      const graph = await leasedIds(store, { lane: { ...HOOKS, sink: "graph" } });

      deepEqual([destination, sink, graph, await leasedIds(store)], [[], [], ["b"], ["a"]]);
    },
  },
  {
    name: "keeps the order of a key within each lane alone",
    async run(context) {
      const two = { ...HOOKS, destination: "two" };
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { ...two, orderKey: "k" })]);
      await leasedOne(store);

      const given = await leasedIds(store, { lane: two });

      deepEqual(given, ["b"]);
    },
  },
];
