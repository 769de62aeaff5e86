import assert from "node:assert/strict";
import type { Store } from "@bus/core";
import { ALL, anEntry, anEnd, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

const CALLS: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ["append", (store) => store.append([], NO_BOUND)],
  ["lease", (store) => leased(store)],
  ["settle", (store) => store.settle([], 0)],
  ["expand", (store) => store.expand({ id: "d", leaseId: 1, deliveries: [] }, 0)],
  ["due", (store) => store.due([], 0)],
  ["lanes", (store) => store.lanes()],
  ["setLane", (store) => store.setLane(HOOKS, { state: "active" })],
  ["get", (store) => store.get("d")],
  ["query", (store) => store.query({}, ALL)],
  ["replay", (store) => store.replay({}, { ...ALL, now: 0 })],
  ["discard", (store) => store.discard({}, { ...ALL, now: 0 })],
  ["stats", (store) => store.stats()],
  ["prune", (store) => store.prune({ before: 0, maxBytes: 0, deadBefore: 0, limit: 1 })],
  ["state.get", (store) => store.state.get("s", ["k"])],
  ["state.change", (store) => store.state.change("s", [{ key: "k", value: "1" }])],
  ["state.keys", (store) => store.state.keys("s", "")],
];

async function refusesAll(store: Store): Promise<void> {
  for (const [name, call] of CALLS) await assert.rejects(call(store), { code: "BUS_STORE_CLOSED" }, name);
}

export const opening: readonly StoreTest[] = [
  {
    name: "says its name and how often to look for the work of others before it is open",
    run: async ({ create }) => {
      const { name, keepsUnrouted, pollMs } = create();

      assert.notEqual(name, "");
      assert.equal(typeof keepsUnrouted, "boolean");
      assert.ok(pollMs > 0);
    },
  },
  {
    name: "refuses every call before it is open",
    run: async ({ create }) => {
      const store = create();

      await refusesAll(store);
    },
  },
  {
    name: "refuses every call after it was closed",
    run: async ({ open }) => {
      const store = await open();
      for (const [, call] of CALLS) await call(store);

      await store.close();

      await refusesAll(store);
    },
  },
  {
    name: "closes without having been open, and again and again",
    run: async ({ create }) => {
      const store = create();

      await store.close();
      await store.open();
      await Promise.all([store.close(), store.close()]);
      await store.close();
    },
  },
  {
    name: "answers what was asked for before it closes",
    run: async ({ open }) => {
      const store = await open();
      const answers: string[] = [];
      const calls = ["a", "b", "c"].map(async (id) => {
        const [answer] = await store.append([anEntry(id)], NO_BOUND);
        answers.push(`${id} ${answer}`);
      });
      const settled = Promise.allSettled(calls);

      await store.close();

      assert.deepEqual(answers, ["a appended", "b appended", "c appended"]);
      await settled;
      await store.open();
      assert.equal((await store.stats()).pending, 3);
    },
  },
  {
    name: "shows what it held when it is opened again",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a"), anEntry("b", { orderKey: "k" }), anEntry("c")], NO_BOUND);
      await store.settle([anEnd(await leasedOne(store), { state: "dead", reason: "400" })], 5);
      await leasedOne(store);
      const view = async (): Promise<unknown> => [await store.query({}, ALL), await store.stats(), await store.lanes()];
      const before = await view();

      await store.close();
      await store.open();

      assert.deepEqual(await view(), before);
    },
  },
  {
    name: "keeps leases while it is closed",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a"), anEntry("b")], NO_BOUND);
      const held = await leasedOne(store, { until: 50 });

      await store.close();
      await store.open();

      assert.deepEqual(await leasedIds(store, { now: 49 }), ["b"]);
      assert.deepEqual(await store.settle([anEnd(held)], 49), [true]);
    },
  },
];
