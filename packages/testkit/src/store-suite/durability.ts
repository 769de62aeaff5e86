import assert from "node:assert/strict";
import type { Attempt } from "@bus/core";
import { ALL, anEnd, anEntry, anEvent, HOOKS, leased, leasedIds, leasedOne, NO_BOUND, setValue } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

/** Of stores that outlive their process. Where one is killed, that is in the moment in which its call resolved. */
export const durability: readonly StoreTest[] = [
  {
    name: "shows in another process what was appended in this one",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const store = await open();
      const entry = anEntry("a", { orderKey: "k", mapped: { type: "note", data: '"\ud800\0"' } }, { data: '"\udfff"' });
      await store.append([entry, { event: anEvent({ id: "b" }), deliveries: [] }], NO_BOUND);

      const there = (await elsewhere()).store;

      assert.deepEqual(await there.query({}, ALL), await store.query({}, ALL));
      assert.deepEqual(await there.stats(), await store.stats());
      assert.deepEqual(await there.append([anEntry("a"), anEntry("b"), anEntry("c")], NO_BOUND), [
        "duplicate",
        "duplicate",
        "appended",
      ]);
    },
  },
  {
    name: "keeps what was appended in a process that was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      const entries = Array.from({ length: 50 }, (_, n) => anEntry(`${n}`, {}, { data: `${n}` }));
      await other.store.append([anEntry("before")], NO_BOUND);
      await other.dieAfter((there) => there.append(entries, NO_BOUND));

      const store = await open();

      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ event }) => [event.id, event.data]),
        [["before", "{}"], ...entries.map(({ event }) => [event.id, event.data])],
      );
      assert.deepEqual(await leasedIds(store, { limit: 1 }), ["before"]);
    },
  },
  {
    name: "keeps the leases of a process that was killed, until they are over",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a"), anEntry("b")], NO_BOUND);
      await other.dieAfter((there) => there.lease({ lane: HOOKS, limit: 1, perKey: 1, now: 0, until: 50 }));

      const store = await open();

      assert.deepEqual(await leasedIds(store, { now: 49 }), ["b"]);
      assert.deepEqual(await store.due([HOOKS.sink], 49), { lanes: [], nextAt: 50 });
      assert.deepEqual(await leasedIds(store, { now: 50 }), ["a"]);
    },
  },
  {
    name: "counts the attempts of a process that was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a")], NO_BOUND);
      await other.dieAfter((there) => there.lease({ lane: HOOKS, limit: 1, perKey: 1, now: 0, until: 50 }));

      const store = await open();

      const record = await store.get("a");
      assert.deepEqual([record?.state, record?.attempts], ["leased", 1]);
      assert.equal((await leasedOne(store, { now: 50 })).attempt, 2);
    },
  },
  {
    name: "gives no lease the number of one that a process held which was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a")], NO_BOUND);
      const lost = await leasedOne(other.store, { until: 50 });
      await other.kill();

      const store = await open();
      const held = await leasedOne(store, { now: 50 });

      assert.notEqual(held.leaseId, lost.leaseId);
      assert.deepEqual(await store.settle([anEnd(lost)], 60), [false]);
      assert.deepEqual(await store.settle([anEnd(held)], 60), [true]);
    },
  },
  {
    name: "keeps how deliveries ended in a process that was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append(
        ["a", "b", "c", "d"].map((id) => anEntry(id)),
        NO_BOUND,
      );
      const deliveries = await leased(other.store);
      const attempt: Attempt = { startedAt: 1, durationMs: 2, outcome: "retry", reason: "503", info: { status: 503 } };
      const states = ["delivered", "skipped", "dead", "pending"] as const;
      await other.dieAfter((there) =>
        there.settle(
          deliveries.map((delivery, n) => anEnd(delivery, { state: states[n]!, dueAt: 70, reason: "x", attempt })),
          60,
        ),
      );

      const store = await open();

      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ state, attempts, reason, history, dueAt, endedAt }) => [
          state,
          attempts,
          reason,
          history,
          state === "pending" ? dueAt : endedAt,
        ]),
        states.map((state) => [state, 1, "x", [attempt], state === "pending" ? 70 : 60]),
      );
      assert.deepEqual([await leasedIds(store, { now: 69 }), await leasedIds(store, { now: 70 })], [[], ["d"]]);
    },
  },
  {
    name: "keeps what a process that was killed had expanded",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("root")], NO_BOUND);
      const root = await leasedOne(other.store);
      const deliveries = ["1", "2"].map((id) => ({ id, sink: "hooks", destination: id }));
      await other.dieAfter((there) => there.expand({ id: root.id, leaseId: root.leaseId, deliveries }, 5));

      const store = await open();

      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ id, destination, event }) => [id, destination, event.id]),
        [
          ["1", "1", "root"],
          ["2", "2", "root"],
        ],
      );
    },
  },
  {
    name: "keeps what a process that was killed had replayed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a")], NO_BOUND);
      await other.store.settle([anEnd(await leasedOne(other.store), { state: "dead" })], 0);
      await other.dieAfter((there) => there.replay({ state: "dead" }, { limit: 10, now: 20 }));

      const store = await open();

      assert.deepEqual([await leasedIds(store, { now: 19 }), await leasedIds(store, { now: 20 })], [[], ["a"]]);
    },
  },
  {
    name: "keeps what a process that was killed had discarded",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a")], NO_BOUND);
      await other.dieAfter((there) => there.discard({}, { limit: 10, now: 20 }));

      const store = await open();

      assert.equal((await store.get("a"))?.state, "discarded");
      assert.deepEqual(await leased(store), []);
    },
  },
  {
    name: "keeps the state of a lane that a process set which was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await other.store.append([anEntry("a")], NO_BOUND);
      await other.store.setLane({ sink: "graph", destination: "x" }, { state: "paused", reason: "503", until: 70 });
      await other.dieAfter((there) => there.setLane(HOOKS, { state: "disabled", reason: "410" }));

      const store = await open();

      const states = (await store.lanes()).map(({ sink, status }) => [sink, status]);
      assert.deepEqual(
        new Map(states as [string, unknown][]),
        new Map<string, unknown>([
          ["hooks", { state: "disabled", reason: "410" }],
          ["graph", { state: "paused", reason: "503", until: 70 }],
        ]),
      );
      assert.deepEqual(await leased(store), []);
    },
  },
  {
    name: "keeps the plugin state that a process set which was killed",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const other = await elsewhere();
      await setValue(other.store.state, "hooks", "a", "1");
      await setValue(other.store.state, "hooks", "b", "1");
      await other.dieAfter(({ state }) =>
        state.change("hooks", [
          { key: "a", value: '"\ud800"', expected: "1" },
          { key: "b", value: undefined },
          { key: "c", value: "2", expected: undefined },
        ]),
      );

      const { state } = await open();

      assert.deepEqual(await state.get("hooks", ["a", "b", "c"]), ['"\ud800"', undefined, "2"]);
      assert.deepEqual(await state.keys("hooks", ""), ["a", "c"]);
    },
  },
];
