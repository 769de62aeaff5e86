import { deepEqual, equal } from "node:assert/strict";
import type { PruneBounds, Store } from "@bus/core";
import {
  ALL,
  anEnd,
  anEntry,
  anEvent,
  aDelivery,
  aStoreOf,
  end,
  HOOKS,
  leased,
  leasedIds,
  leasedOne,
  NO_BOUND,
} from "./builders.ts";
import { everyId } from "./paging.ts";
import type { StoreTest } from "./store-test.ts";

const EVERYTHING = { before: Infinity, maxBytes: 0, limit: 100 };
const LARGE = "x".repeat(200_000);

/** How a delivery is brought into a state in which it is not finished. */
const UNFINISHED: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ["pending", async () => undefined],
  ["leased", (store) => leasedOne(store, { until: 1e9 })],
  ["out on a lease that is over", (store) => leasedOne(store, { until: 1 })],
  ["parked", (store) => store.setLane(HOOKS, { state: "disabled", reason: "410" })],
];

/** What has ended is forgotten in time. */
export const retention: readonly StoreTest[] = [
  {
    name: "forgets what ended before the time given, not what ended at it",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      const [a, b, c] = await leased(store);
      for (const [index, delivery] of [a, b, c].entries()) await store.settle([anEnd(delivery)], 10 + index);

      await pruned(store, { before: 11, maxBytes: Infinity, limit: 100 });

      deepEqual(await everyId(store), ["b", "c"]);
    },
  },
  {
    name: "forgets by when deliveries ended, not by when they arrived",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const [a, b] = await leased(store);
      await store.settle([anEnd(b)], 10);
      await store.settle([anEnd(a)], 20);

      await pruned(store, { before: 15, maxBytes: Infinity, limit: 100 });

      deepEqual(await everyId(store), ["a"]);
    },
  },
  {
    name: "forgets by when deliveries ended even if the clock went back between",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const [a, b] = await leased(store);
      await store.settle([anEnd(a)], 20);
      await store.settle([anEnd(b)], 10);

      await pruned(store, { before: 15, maxBytes: Infinity, limit: 100 });

      deepEqual(await everyId(store), ["a"]);
    },
  },
  {
    name: "forgets whatever way a delivery ended",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d"].map((id) => anEntry(id)),
      );
      const [a, b, c] = await leased(store, { limit: 3 });
      await store.settle([anEnd(a), anEnd(b, { state: "skipped" }), anEnd(c, { state: "dead" })], 5);
      await store.discard({ id: "d" }, { ...ALL, now: 5 });

      await pruned(store, { before: 6, maxBytes: Infinity, limit: 100 });

      deepEqual(await everyId(store), []);
      equal((await store.stats()).events, 0);
    },
  },
  {
    name: "keeps a dead letter until it is as old as dead letters may be, whatever the other bounds",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "dead", 5);

      await pruned(store, { ...EVERYTHING, deadBefore: 5 });
      deepEqual(await everyId(store), ["a"]);

      await pruned(store, { ...EVERYTHING, deadBefore: 6 });
      deepEqual(await everyId(store), []);
    },
  },
  {
    name: "counts no bytes of dead letters",
    async run(context) {
      const entries = ["a", "b", "c"].map((id) => anEntry(id, {}, { data: JSON.stringify(LARGE) }));
      const store = await aStoreOf(context, entries);
      const [a, b, c] = await leased(store);
      await store.settle([anEnd(a, { state: "dead" }), anEnd(b, { state: "dead" }), anEnd(c)], 5);

      await pruned(store, { before: 0, maxBytes: 2.5 * LARGE.length, limit: 100 });

      deepEqual(await everyId(store), ["a", "b", "c"]);
    },
  },
  {
    name: "keeps what ended within the bytes given, the last ended the longest",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c"].map((id) => anEntry(id, {}, { data: LARGE })),
      );
      const [a, b, c] = await leased(store);
      for (const [index, delivery] of [b, c, a].entries()) await store.settle([anEnd(delivery)], index);

      await pruned(store, { before: 0, maxBytes: 2.5 * LARGE.length, limit: 100 });

      deepEqual(await everyId(store), ["a", "c"]);
    },
  },
  {
    name: "counts no bytes of what is unfinished",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "delivered", 5);
      await store.append([anEntry("b", {}, { data: LARGE })], NO_BOUND);

      await pruned(store, { before: 0, maxBytes: LARGE.length, limit: 100 });

      deepEqual(await everyId(store), ["a", "b"]);
    },
  },
  {
    name: "forgets no more at a time than asked for, and says when more is left",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d", "e"].map((id) => anEntry(id)),
      );
      await end(store, "delivered", 5);
      const options = { before: 10, maxBytes: Infinity, deadBefore: 10, limit: 2 };

      const isMore = await store.prune(options);

      deepEqual([isMore, (await everyId(store)).length], [true, 3]);
    },
  },
  {
    name: "says when nothing is left to forget",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      await end(store, "delivered", 5);

      const isMore = await store.prune({ before: 10, maxBytes: Infinity, deadBefore: 10, limit: 100 });

      equal(isMore, false);
    },
  },
  ...UNFINISHED.map(([state, bring]): StoreTest => ({
    name: `never forgets what is ${state}`,
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", {}, { data: LARGE })]);
      await bring(store);
      const before = await store.get("a");

      await pruned(store, EVERYTHING);

      deepEqual(await store.get("a"), before);
    },
  })),
  {
    name: "never forgets what is due again by a replay",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "delivered", 5);
      await store.replay({}, { ...ALL, now: 6 });

      await pruned(store, EVERYTHING);

      deepEqual(await leasedIds(store, { now: 6 }), ["a"]);
    },
  },
  {
    name: "keeps an event as long as one of its deliveries",
    async run(context) {
      const deliveries = [aDelivery({ id: "1" }), aDelivery({ id: "2", destination: "two" })];
      const store = await aStoreOf(context, [{ event: anEvent({ id: "a", data: "[1]" }), deliveries }]);
      await end(store, "delivered");

      await pruned(store, EVERYTHING);

      deepEqual(await everyId(store), ["2"]);
      deepEqual(await store.append([anEntry("a")], NO_BOUND), ["duplicate"]);
      equal((await leasedOne(store, { lane: { ...HOOKS, destination: "two" } })).event.data, "[1]");
    },
  },
  {
    name: "takes the id of a forgotten event for new",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "delivered");
      await pruned(store, EVERYTHING);

      const answers = await store.append([anEntry("a")], NO_BOUND);

      deepEqual(answers, ["appended"]);
      deepEqual(await leasedIds(store), ["a"]);
    },
  },
  {
    name: "knows the id of an event that is owed to nobody until it is as old as what is forgotten",
    async run(context) {
      const entry = { event: anEvent({ id: "a" }), deliveries: [] };
      const store = await aStoreOf(context, [entry], 10);

      await pruned(store, { before: 10, maxBytes: Infinity, limit: 100 });
      const before = await store.append([entry], { ...NO_BOUND, now: 20 });
      await pruned(store, { before: 11, maxBytes: Infinity, limit: 100 });
      const after = await store.append([entry], { ...NO_BOUND, now: 20 });

      deepEqual([before, after], [["duplicate"], ["appended"]]);
    },
  },
];

/**
 * Until nothing is left to forget; a store that always says more is left has ten goes. Dead letters go with what is as old, unless the bounds say
 * otherwise.
 */
async function pruned(store: Store, bounds: Omit<PruneBounds, "deadBefore"> & Partial<PruneBounds>): Promise<void> {
  const all = { deadBefore: bounds.before, ...bounds };
  for (let goes = 0; goes < 10; goes += 1) if (!(await store.prune(all))) return;
}
