import { deepEqual, equal, notEqual } from "node:assert/strict";
import { ALL, aStoreOf, anEnd, anEntry, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

/** When a lease gives a delivery: never early, eventually, and whatever the clock does. */
export const leaseTime: readonly StoreTest[] = [
  {
    name: "gives nothing before it is due",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 50 })], 0);

      const early = await leasedIds(store, { now: 49 });

      deepEqual(early, []);
    },
  },
  {
    name: "gives it as soon as it is due",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 50 })], 0);

      const given = await leasedIds(store, { now: 50 });

      deepEqual(given, ["a"]);
    },
  },
  {
    name: "gives what arrived at a fraction of a millisecond at once",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")], 10.75);

      const given = await leasedIds(store, { now: 10.75 });

      deepEqual(given, ["a"]);
    },
  },
  {
    name: "gives a retry no fraction of a millisecond early, and at most one late",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 50.5 })], 0);

      const early = await leasedIds(store, { now: 50.4 });

      deepEqual([early, await leasedIds(store, { now: 51.5 })], [[], ["a"]]);
    },
  },
  {
    name: "ends a lease no fraction of a millisecond early, and at most one late",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 50.5 });

      const early = await leasedIds(store, { now: 50.4 });

      deepEqual([early, await leasedIds(store, { now: 51.5 })], [[], ["a"]]);
    },
  },
  {
    name: "holds a leased delivery until its lease is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 50 });

      const early = await leasedIds(store, { now: 49 });

      deepEqual(early, []);
    },
  },
  {
    name: "gives a delivery again as soon as its lease is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 50 });

      const again = await leasedIds(store, { now: 50 });

      deepEqual(again, ["a"]);
    },
  },
  {
    name: "gives the oldest of a key again first when the lease of its run is over",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c"].map((id) => anEntry(id, { orderKey: "k" })),
      );
      await leased(store, { perKey: 2, until: 50 });

      const again = await leasedIds(store, { perKey: 3, now: 80 });

      deepEqual(again, ["a", "b", "c"]);
    },
  },
  {
    name: "counts an attempt when it is leased",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);

      const { attempt } = await leasedOne(store);

      deepEqual([attempt, (await store.get("a"))?.attempts], [1, 1]);
    },
  },
  {
    name: "counts an attempt that was lost with its lease",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 50 });

      const { attempt } = await leasedOne(store, { now: 80 });

      equal(attempt, 2);
    },
  },
  {
    name: "counts no attempt that was free",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);
      await store.settle([anEnd(delivery, { state: "pending", dueAt: 0, isFree: true })], 0);

      const between = await store.get("a");

      deepEqual([between?.attempts, (await leasedOne(store)).attempt], [0, 1]);
    },
  },
  {
    name: "shows a delivery as leased after its lease is over, until it is leased again",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 50 });

      const { lanes } = await store.due(["hooks"], 80);

      equal(lanes.length, 1);
      equal((await store.get("a"))?.state, "leased");
      equal((await store.query({ state: "pending" }, ALL)).items.length, 0);
      equal((await store.stats()).leased, 1);
    },
  },
  {
    name: "takes the end of an expired lease that nobody took over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const late = await leasedOne(store, { until: 50 });

      const answers = await store.settle([anEnd(late)], 80);

      deepEqual(answers, [true]);
      deepEqual((await store.get("a"))?.state, "delivered");
    },
  },
  {
    name: "refuses the end of a lease that was lost",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const lost = await leasedOne(store, { until: 50 });
      await leasedOne(store, { now: 80 });

      const answers = await store.settle([anEnd(lost)], 90);

      deepEqual(answers, [false]);
    },
  },
  {
    name: "changes nothing of a delivery when a late settle of it is refused",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const lost = await leasedOne(store, { until: 50 });
      const held = await leasedOne(store, { now: 80 });
      const before = await store.get("a");
      const attempt = { startedAt: 0, durationMs: 85, outcome: "retry" } as const;

      await store.settle([anEnd(lost, { state: "pending", dueAt: 85, reason: "late", attempt, isFree: true })], 85);

      deepEqual(await store.get("a"), before);
      deepEqual(await leasedIds(store, { now: 90 }), []);
      deepEqual(await store.settle([anEnd(held)], 95), [true]);
    },
  },
  {
    name: "loses nothing that arrived before the clock went back, and gives it no earlier",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")], 1000);
      await store.append([anEntry("b")], { ...NO_BOUND, now: 500 });

      const early = await leasedIds(store, { now: 500, until: 5000 });

      deepEqual([early, await leasedIds(store, { now: 1000 })], [["b"], ["a"]]);
    },
  },
  {
    name: "names the time for what arrived before the clock went back",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")], 1000);

      const due = await store.due(["hooks"], 500);

      deepEqual([due.lanes, due.nextAt], [[], 1000]);
    },
  },
  {
    name: "goes on with retries after the clock went back",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")], 1000);
      const delivery = await leasedOne(store, { now: 1000 });
      await store.settle([anEnd(delivery, { state: "pending", dueAt: 510 })], 500);

      const again = await leasedOne(store, { now: 520 });

      notEqual(again.leaseId, delivery.leaseId);
    },
  },
  {
    name: "keeps a lease that was given before the clock went back, until its end",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { now: 1000, until: 1100 });

      const early = await leasedIds(store, { now: 500 });

      deepEqual([early, await leasedIds(store, { now: 1100 })], [[], ["a"]]);
    },
  },
];
