import { deepEqual, equal } from "node:assert/strict";
import { anEnd, anEntry, aStoreOf, end, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import { DISABLED, GRAPH, names, PAUSED_BY_HOST, pausedUntil, TWO } from "./lane-samples.ts";
import type { StoreTest } from "./store-test.ts";

/** Which lanes have work, and when others will. */
export const dueLanes: readonly StoreTest[] = [
  {
    name: "names the lanes that have something due",
    async run(context) {
      const three = { sink: "hooks", destination: "three" };
      const store = await aStoreOf(context, [
        anEntry("a"),
        anEntry("b", TWO),
        anEntry("c", GRAPH),
        anEntry("d", three),
      ]);
      await leasedOne(store, { lane: TWO });

      const due = await store.due(["hooks", "graph"], 10);

      deepEqual(names(due.lanes), ["graph/one", "hooks/one", "hooks/three"]);
    },
  },
  {
    name: "names no lanes of sinks that were not asked for",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", GRAPH)]);
      await leasedOne(store, { until: 50 });

      const due = await store.due(["graph"], 10);

      deepEqual([names(due.lanes), due.nextAt], [["graph/one"], undefined]);
    },
  },
  {
    name: "names no time when nothing will be due by itself",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", TWO), anEntry("c", GRAPH)]);
      await end(store, "delivered");
      await store.setLane(TWO, PAUSED_BY_HOST);
      await store.setLane(GRAPH, DISABLED);

      const due = await store.due(["hooks", "graph"], 10);

      deepEqual([due.lanes, due.nextAt], [[], undefined]);
    },
  },
  {
    name: "names the time of the next retry",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const [a, b] = await leased(store);
      const retryAt = (dueAt: number): { state: "pending"; dueAt: number } => ({ state: "pending", dueAt });
      await store.settle([anEnd(a, retryAt(90)), anEnd(b, retryAt(70))], 0);

      const due = await store.due(["hooks"], 10);

      deepEqual([due.lanes, due.nextAt], [[], 70]);
    },
  },
  {
    name: "names the time at which a lease ends",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await leasedOne(store, { until: 60 });

      const due = await store.due(["hooks"], 10);

      deepEqual([due.lanes, due.nextAt], [[], 60]);
    },
  },
  {
    name: "names the time at which a pause is over",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      await store.setLane(HOOKS, pausedUntil(40));

      const due = await store.due(["hooks"], 10);

      deepEqual([due.lanes, due.nextAt], [[], 40]);
      deepEqual(names((await store.due(["hooks"], 40)).lanes), ["hooks/one"]);
    },
  },
  {
    name: "names the end of what is out where that holds up the probe of a lane",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      await leasedOne(store, { until: 80 });
      await store.setLane(HOOKS, pausedUntil(40));

      const due = await store.due(["hooks"], 60);

      deepEqual([due.lanes, due.nextAt], [[], 80]);
    },
  },
  {
    name: "names the earliest time of several lanes, those that have work apart",
    async run(context) {
      const store = await aStoreOf(context, [
        anEntry("a"),
        anEntry("b", TWO),
        anEntry("c", GRAPH),
        anEntry("d", GRAPH),
      ]);
      await leasedOne(store, { until: 60 });
      await leasedOne(store, { lane: TWO, until: 55 });
      await leasedOne(store, { lane: GRAPH, until: 30 });

      const due = await store.due(["hooks", "graph"], 10);

      deepEqual([names(due.lanes), due.nextAt], [["graph/one"], 55]);
    },
  },
  {
    name: "holds ten thousand lanes",
    async run(context) {
      const store = await context.open();
      const count = 10_000;
      for (let from = 0; from < count; from += 1_000) {
        const entries = Array.from({ length: 1_000 }, (_, index) =>
          anEntry(`${from + index}`, { destination: `${from + index}` }),
        );
        await store.append(entries, NO_BOUND);
      }

      const due = await store.due(["hooks"], 0);

      equal(new Set(names(due.lanes)).size, count);
      equal((await store.lanes()).length, count);
      for (let lane = 0; lane < count; lane += 999)
        deepEqual(await leasedIds(store, { lane: { ...HOOKS, destination: `${lane}` } }), [`${lane}`]);
      equal((await store.due(["hooks"], 0)).lanes.length, count - 11);
    },
  },
];
