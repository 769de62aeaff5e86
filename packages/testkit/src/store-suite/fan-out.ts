import { deepEqual, equal, ok } from "node:assert/strict";
import { FAN_OUT, type AppendEntry, type NewDelivery } from "@bus/core";
import { ALL, aDelivery, anEnd, anEntry, aStoreOf, leased, leasedIds, leasedOne } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

const ROOTS = { sink: "hooks", destination: FAN_OUT };

function aRoot(id: string, orderKey?: string): AppendEntry {
  return anEntry(id, { ...ROOTS, orderKey });
}

function toDestinations(...names: readonly string[]): readonly NewDelivery[] {
  return names.map((destination) => aDelivery({ id: `to ${destination}`, destination }));
}

/** A delivery is replaced by one for each of the destinations that the sink named. */
export const fanOut: readonly StoreTest[] = [
  {
    name: "replaces a delivery by one for each destination",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const root = await leasedOne(store, { lane: ROOTS });

      const answer = await store.expand({ ...root, deliveries: toDestinations("one", "two") }, 5);

      equal(answer, true);
      equal(await store.get("root"), undefined);
      const { items } = await store.query({}, ALL);
      deepEqual(
        items.map(({ id, state, attempts, dueAt, event }) => [id, state, attempts, dueAt, event.id]),
        [
          ["to one", "pending", 0, 5, "root"],
          ["to two", "pending", 0, 5, "root"],
        ],
      );
    },
  },
  {
    name: "has the destinations of a delivery arrive in the order given",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const root = await leasedOne(store, { lane: ROOTS });

      await store.expand({ ...root, deliveries: ["c", "a", "b"].map((id) => aDelivery({ id, orderKey: "k" })) }, 0);

      deepEqual(await leasedIds(store, { perKey: 3 }), ["c", "a", "b"]);
    },
  },
  {
    name: "counts what a delivery was replaced by",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const root = await leasedOne(store, { lane: ROOTS });

      await store.expand({ ...root, deliveries: toDestinations("one", "two", "three") }, 0);

      const { events, pending, leased: out } = await store.stats();
      deepEqual({ events, pending, out }, { events: 1, pending: 3, out: 0 });
    },
  },
  {
    name: "shows a fan-out whole or not at all",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const root = await leasedOne(store, { lane: ROOTS });
      const deliveries = Array.from({ length: 100 }, (_, index) => aDelivery({ id: `${index}` }));

      const expanded = store.expand({ ...root, deliveries }, 0);
      const looks = await Promise.all([store.query({}, ALL), store.query({}, ALL)]);
      await expanded;

      for (const { items } of looks) {
        const isBefore = items.length === 1 && items[0]?.id === "root";
        ok(isBefore || items.length === 100, `There are ${items.length} deliveries.`);
      }
    },
  },
  {
    name: "skips a delivery for which the sink names no destination",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const root = await leasedOne(store, { lane: ROOTS });

      const answer = await store.expand({ ...root, deliveries: [] }, 5);

      equal(answer, true);
      const record = await store.get("root");
      deepEqual([record?.state, record?.endedAt], ["skipped", 5]);
    },
  },
  {
    name: "takes the fan-out of an expired lease that nobody took over",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const late = await leasedOne(store, { lane: ROOTS, until: 50 });

      const answer = await store.expand({ ...late, deliveries: toDestinations("one") }, 80);

      equal(answer, true);
      deepEqual(await leasedIds(store, { now: 80 }), ["to one"]);
    },
  },
  {
    name: "refuses a fan-out whose lease was lost, and changes nothing",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const lost = await leasedOne(store, { lane: ROOTS, until: 50 });
      await leasedOne(store, { lane: ROOTS, now: 80 });
      const before = await store.query({}, ALL);

      const answer = await store.expand({ ...lost, deliveries: toDestinations("one") }, 90);

      equal(answer, false);
      deepEqual(await store.query({}, ALL), before);
    },
  },
  {
    name: "refuses to skip for want of destinations when the lease was lost",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root")]);
      const lost = await leasedOne(store, { lane: ROOTS, until: 50 });
      await leasedOne(store, { lane: ROOTS, now: 80 });

      const answer = await store.expand({ ...lost, deliveries: [] }, 90);

      equal(answer, false);
      equal((await store.get("root"))?.state, "leased");
    },
  },
  {
    name: "gives the next of a key when the one before it was fanned out",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root 1", "k"), aRoot("root 2", "k")]);
      const root = await leasedOne(store, { lane: ROOTS });
      const between = await leasedIds(store, { lane: ROOTS });

      await store.expand({ ...root, deliveries: toDestinations("one") }, 0);

      deepEqual([between, await leasedIds(store, { lane: ROOTS })], [[], ["root 2"]]);
    },
  },
  {
    name: "keeps the order of a key at the destinations",
    async run(context) {
      const store = await aStoreOf(context, [aRoot("root 1", "k"), aRoot("root 2", "k")]);
      for (const id of ["a", "b"]) {
        const root = await leasedOne(store, { lane: ROOTS });
        await store.expand({ ...root, deliveries: [aDelivery({ id, orderKey: "k" })] }, 0);
      }

      const first = await leased(store);
      await store.settle([anEnd(first[0])], 0);

      deepEqual([first.map(({ id }) => id), await leasedIds(store)], [["a"], ["b"]]);
    },
  },
];
