import assert from "node:assert/strict";
import { ALL, aDelivery, anEntry, anEnd, anEvent, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

const FULL = { code: "BUS_BACKLOG_FULL" };

export const backlog: readonly StoreTest[] = [
  {
    name: "records nothing of a batch that would overfill the backlog",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a"), anEntry("b")], NO_BOUND);

      await assert.rejects(store.append([anEntry("c"), anEntry("d")], { maxBacklog: 3, now: 0 }), FULL);

      assert.equal(await store.get("c"), undefined);
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending], [2, 2]);
      assert.deepEqual(await store.append([anEntry("c")], NO_BOUND), ["appended"]);
    },
  },
  {
    name: "refuses a batch that would overfill the backlog, and none of those asked for with it",
    run: async ({ open }) => {
      const store = await open();
      const bound = { maxBacklog: 3, now: 0 };

      const results = await Promise.allSettled([
        store.append([anEntry("a"), anEntry("b")], bound),
        store.append([anEntry("c"), anEntry("d")], bound),
        store.append([anEntry("e")], bound),
      ]);

      assert.deepEqual(
        results.map(({ status }) => status),
        ["fulfilled", "rejected", "fulfilled"],
      );
      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ id }) => id),
        ["a", "b", "e"],
      );
    },
  },
  {
    name: "counts deliveries towards the backlog, not events",
    run: async ({ open }) => {
      const store = await open();
      const deliveries = [aDelivery({ id: "1" }), aDelivery({ id: "2" })];
      const entry = { event: anEvent({ id: "a" }), deliveries };

      await assert.rejects(store.append([entry], { maxBacklog: 1, now: 0 }), FULL);
      assert.deepEqual(await store.append([entry], { maxBacklog: 2, now: 0 }), ["appended"]);
    },
  },
  {
    name: "counts what is out towards the backlog, until it has ended",
    run: async ({ open }) => {
      const store = await open();
      const bound = { maxBacklog: 1, now: 0 };
      await store.append([anEntry("a")], bound);
      const delivery = await leasedOne(store);

      await assert.rejects(store.append([anEntry("b")], bound), FULL);
      await store.settle([anEnd(delivery)], 0);

      assert.deepEqual(await store.append([anEntry("b")], bound), ["appended"]);
    },
  },
  {
    name: "counts no duplicates towards the backlog",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a"), anEntry("b")], NO_BOUND);

      const answers = await store.append(
        ["a", "b", "c", "c"].map((id) => anEntry(id)),
        { maxBacklog: 3, now: 0 },
      );

      assert.deepEqual(answers, ["duplicate", "duplicate", "appended", "duplicate"]);
    },
  },
  {
    name: "takes an event that is owed to nobody, however full the backlog is",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a"), anEntry("b")], NO_BOUND);

      const answers = await store.append([{ event: anEvent({ id: "c" }), deliveries: [] }], { maxBacklog: 1, now: 0 });

      assert.deepEqual(answers, ["appended"]);
    },
  },
];
