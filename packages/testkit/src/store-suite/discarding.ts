import { deepEqual, equal, ok } from "node:assert/strict";
import { ALL, anEnd, anEntry, aStoreOf, end, HOOKS, leased, leasedIds, leasedOne } from "./builders.ts";
import { everyId, everyPage } from "./paging.ts";
import type { StoreTest } from "./store-test.ts";

/** What waits or died is ended without being sent. */
export const discarding: readonly StoreTest[] = [
  {
    name: "discards what is pending, be it due or not",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 500, reason: "503" })], 0);

      const { count } = await store.discard({}, { ...ALL, now: 9 });

      equal(count, 2);
      deepEqual(await everyId(store, { state: "discarded" }), ["a", "b"]);
      deepEqual(await leasedIds(store, { now: 1000 }), []);
    },
  },
  {
    name: "discards what is parked",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, { state: "disabled", reason: "410" });

      const { count } = await store.discard({}, { ...ALL, now: 9 });

      deepEqual([count, (await store.get("a"))?.state], [1, "discarded"]);
    },
  },
  {
    name: "discards what is dead",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "dead");

      const { count } = await store.discard({}, { ...ALL, now: 9 });

      deepEqual([count, (await store.get("a"))?.state], [1, "discarded"]);
    },
  },
  {
    name: "keeps when a delivery was discarded",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);

      await store.discard({}, { ...ALL, now: 9 });

      equal((await store.get("a"))?.endedAt, 9);
    },
  },
  {
    name: "discards what is out on a lease that is over, and refuses its end then",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const late = await leasedOne(store, { until: 50 });

      const { count } = await store.discard({}, { ...ALL, now: 50 });

      deepEqual([count, (await store.get("a"))?.state], [1, "discarded"]);
      deepEqual(await store.settle([anEnd(late)], 60), [false]);
    },
  },
  {
    name: "discards nothing that is out on a lease",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store, { until: 50 });

      const { count } = await store.discard({}, { ...ALL, now: 49 });

      deepEqual([count, (await store.get("a"))?.state], [0, "leased"]);
      deepEqual(await store.settle([anEnd(delivery)], 49), [true]);
    },
  },
  {
    name: "discards nothing that has ended well",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const [a, b] = await leased(store);
      await store.settle([anEnd(a), anEnd(b, { state: "skipped" })], 5);
      const before = await store.query({}, ALL);

      const { count } = await store.discard({}, { ...ALL, now: 9 });

      equal(count, 0);
      deepEqual(await store.query({}, ALL), before);
    },
  },
  {
    name: "discards nothing twice",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.discard({}, { ...ALL, now: 5 });

      const { count } = await store.discard({}, { ...ALL, now: 9 });

      deepEqual([count, (await store.get("a"))?.endedAt], [0, 5]);
    },
  },
  {
    name: "discards what a query holds for, and nothing else",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", { sink: "graph" }), anEntry("c")]);

      await store.discard({ sink: "hooks", id: "c" }, { ...ALL, now: 0 });

      deepEqual(await everyId(store, { state: "pending" }), ["a", "b"]);
    },
  },
  {
    name: "discards no more at a time than asked for, and the rest by the cursor",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d", "e"].map((id) => anEntry(id)),
      );

      const pages = await everyPage((cursor) => store.discard({}, { limit: 2, cursor, now: 0 }));

      ok(pages.every(({ count }) => count <= 2));
      equal(
        pages.reduce((sum, { count }) => sum + count, 0),
        5,
      );
      equal((await store.stats()).discarded, 5);
    },
  },
  {
    name: "lets the followers of a discarded delivery move on",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);
      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 500 })], 0);

      await store.discard({ id: "a" }, { ...ALL, now: 0 });

      deepEqual(await leasedIds(store), ["b"]);
    },
  },
];
