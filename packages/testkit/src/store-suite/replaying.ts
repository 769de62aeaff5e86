import { deepEqual, equal, ok } from "node:assert/strict";
import type { Attempt, DeliveryQuery, Store } from "@bus/core";
import { ALL, anEnd, anEntry, aStoreOf, end, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import { everyId, everyPage } from "./paging.ts";
import type { StoreTest } from "./store-test.ts";

const GRAPH = { sink: "graph", destination: "one" };
const ENDS = ["delivered", "skipped", "dead", "discarded"] as const;

/** What has ended is made due again. */
export const replaying: readonly StoreTest[] = [
  ...ENDS.map((state): StoreTest => ({
    name: `replays what is ${state}`,
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      if (state === "discarded") await store.discard({}, { ...ALL, now: 0 });
      else await end(store, state);

      const { count } = await store.replay({ id: "a" }, { ...ALL, now: 9 });

      equal(count, 1);
      deepEqual(await leasedIds(store, { now: 9 }), ["a"]);
    },
  })),
  {
    name: "replays one delivery by its id, and no other",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      await end(store, "delivered");

      await replayed(store, { id: "b" });

      deepEqual(await everyId(store, { state: "pending" }), ["b"]);
    },
  },
  {
    name: "replays what a query holds for, and nothing else that has ended",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c", {}, { type: "message.read" })]);
      const [a, b, c] = await leased(store);
      await store.settle([anEnd(a, { state: "dead" }), anEnd(b), anEnd(c, { state: "dead" })], 0);

      await replayed(store, { state: "dead", type: "message.created" });

      deepEqual(await everyId(store, { state: "pending" }), ["a"]);
    },
  },
  {
    name: "replays what was published since a time",
    async run(context) {
      const times = ["2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z", "2026-02-02T00:00:00.000Z"];
      const store = await aStoreOf(
        context,
        times.map((time, index) => anEntry(`${index}`, {}, { time })),
      );
      await end(store, "delivered");

      await replayed(store, { since: Date.parse("2026-02-01T00:00:00.000Z") });

      deepEqual(await everyId(store, { state: "pending" }), ["1", "2"]);
    },
  },
  {
    name: "leaves the other sinks untouched when it replays to one",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", GRAPH)]);
      await end(store, "dead");
      await store.settle([anEnd(await leasedOne(store, { lane: GRAPH }), { state: "dead" })], 5);
      const before = await store.get("b");

      await replayed(store, { sink: "hooks" });

      deepEqual(await everyId(store, { state: "pending" }), ["a"]);
      deepEqual(await store.get("b"), before);
    },
  },
  {
    name: "starts a replayed delivery anew, under the same id",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }, { data: "[1]" })]);
      const { leaseId: _, ...first } = await leasedOne(store, { until: 50 });
      await store.settle([anEnd(await leasedOne(store, { now: 60 }), { state: "dead", reason: "410" })], 60);

      await replayed(store, {}, 70);

      const record = await store.get("a");
      deepEqual([record?.state, record?.attempts, record?.dueAt], ["pending", 0, 70]);
      const { leaseId: __, ...again } = await leasedOne(store, { now: 70 });
      deepEqual(again, first);
    },
  },
  {
    name: "forgets how a replayed delivery had ended",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.settle([anEnd(await leasedOne(store), { state: "dead", reason: "410" })], 5);

      await replayed(store, {}, 9);

      const record = await store.get("a");
      deepEqual([record?.endedAt, record?.reason], [undefined, undefined]);
    },
  },
  {
    name: "keeps the history of a delivery through its replay",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const first: Attempt = { startedAt: 1, durationMs: 1, outcome: "rejected" };
      const second: Attempt = { startedAt: 2, durationMs: 1, outcome: "delivered" };
      await store.settle([anEnd(await leasedOne(store), { state: "dead", attempt: first })], 5);
      await replayed(store);

      await store.settle([anEnd(await leasedOne(store), { attempt: second })], 5);

      deepEqual((await store.get("a"))?.history, [first, second]);
    },
  },
  {
    name: "replays nothing that is unfinished, and counts none of it",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      const [out, waiting, ended] = await leased(store);
      await store.settle([anEnd(waiting, { state: "pending", dueAt: 500 }), anEnd(ended)], 0);
      const before = [await store.get("a"), await store.get("b")];

      const { count } = await store.replay({}, { ...ALL, now: 9 });

      equal(count, 1);
      deepEqual([await store.get("a"), await store.get("b")], before);
      deepEqual(await store.settle([anEnd(out)], 9), [true]);
    },
  },
  {
    name: "replays no more at a time than asked for, and the rest by the cursor",
    async run(context) {
      const ids = ["a", "b", "c", "d", "e"];
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );
      await end(store, "dead");

      const pages = await everyPage((cursor) => store.replay({}, { limit: 2, cursor, now: 0 }));

      ok(pages.every(({ count }) => count <= 2));
      equal(
        pages.reduce((sum, { count }) => sum + count, 0),
        5,
      );
      deepEqual(await everyId(store, { state: "pending" }), ids);
    },
  },
  {
    name: "comes to the end of a replay though what it replays ends again meanwhile",
    async run(context) {
      const ids = ["a", "b", "c", "d", "e"];
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );
      await end(store, "delivered");

      const pages = await everyPage(async (cursor) => {
        const page = await store.replay({ state: "delivered" }, { limit: 2, cursor, now: 0 });
        await end(store, "delivered");
        return page;
      });

      equal(
        pages.reduce((sum, { count }) => sum + count, 0),
        5,
      );
    },
  },
  {
    name: "finds nothing again when a page of a replay is asked for again",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d", "e"].map((id) => anEntry(id)),
      );
      await end(store, "delivered");
      const { cursor } = await store.replay({}, { limit: 0, now: 0 });

      const counts: number[] = [];
      for (let asked = 0; asked < 4; asked += 1) {
        counts.push((await store.replay({ state: "delivered" }, { limit: 2, cursor, now: 0 })).count);
        await end(store, "delivered");
      }

      deepEqual(counts, [2, 2, 1, 0]);
    },
  },
  {
    name: "replays nothing at a limit of 0",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "delivered");

      const { count, lanes } = await store.replay({}, { limit: 0, now: 0 });

      deepEqual([count, lanes], [0, []]);
      equal((await store.get("a"))?.state, "delivered");
    },
  },
  {
    name: "gives at a limit of 0 the cursor of all that has arrived, if anything has",
    async run(context) {
      const store = await aStoreOf(context, []);
      const empty = await store.replay({}, { limit: 0, now: 0 });
      await store.append([anEntry("a")], NO_BOUND);
      await end(store, "delivered");
      const { cursor } = await store.replay({}, { limit: 0, now: 0 });
      await store.append([anEntry("b")], NO_BOUND);
      await end(store, "delivered");

      await store.replay({}, { ...ALL, cursor, now: 0 });

      equal(empty.cursor, undefined);
      deepEqual(await everyId(store, { state: "pending" }), ["a"]);
    },
  },
  {
    name: "names each lane in which it made something due, once",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", GRAPH), anEntry("c")]);
      await store.append([anEntry("d", { destination: "two" })], NO_BOUND);
      await end(store, "delivered");
      await store.settle([anEnd(await leasedOne(store, { lane: GRAPH }))], 0);

      const { lanes } = await store.replay({}, { ...ALL, now: 0 });

      deepEqual(
        lanes.map(({ sink, destination }) => ({ sink, destination })).toSorted((a, b) => (a.sink < b.sink ? -1 : 1)),
        [GRAPH, HOOKS],
      );
    },
  },
  {
    name: "keeps the order of arrival among what it replays",
    async run(context) {
      const ids = ["b", "c", "a"];
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id, { orderKey: "k" })),
      );
      await end(store, "delivered");

      await replayed(store);

      deepEqual(await leasedIds(store, { perKey: 3 }), ids);
    },
  },
  {
    name: "puts what it replays behind what waits in the same key",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a", { orderKey: "k" }), anEntry("b", { orderKey: "k" })]);
      await store.settle([anEnd(await leasedOne(store))], 0);

      await replayed(store);

      deepEqual(await everyId(store), ["b", "a"]);
      deepEqual(await leasedIds(store, { perKey: 2 }), ["b", "a"]);
    },
  },
  {
    name: "parks what it replays to a disabled lane",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await end(store, "delivered");
      await store.setLane(HOOKS, { state: "disabled", reason: "410" });

      await replayed(store);

      equal((await store.get("a"))?.state, "parked");
      deepEqual(await leasedIds(store), []);
    },
  },
];

async function replayed(store: Store, query: DeliveryQuery = {}, now: number = 0): Promise<void> {
  await store.replay(query, { ...ALL, now });
}
