import { deepEqual, equal } from "node:assert/strict";
import type { DeliveryRecord, DeliveryState, Store } from "@bus/core";
import { everyRecord } from "./paging.ts";
import { RandomRun } from "./random-run.ts";
import type { StoreTest, StoreTestContext } from "./store-test.ts";

const SEEDS = [1, 2, 3];
const CHECKS = 6;
const CALLS_BETWEEN = 30;

/** What a store counts is what is there, whatever was done to it. */
export const counting: readonly StoreTest[] = [
  {
    name: "counts the deliveries of each state as a full scan does, after any calls",
    run: (context) =>
      afterRuns(context, async (store, records) => {
        const { events: _, parked: __, ...counts } = await store.stats();
        const count = (state: DeliveryState): number => records.filter((record) => record.state === state).length;

        deepEqual(counts, {
          pending: count("pending") + count("parked"),
          leased: count("leased"),
          delivered: count("delivered"),
          skipped: count("skipped"),
          dead: count("dead"),
          discarded: count("discarded"),
        });
      }),
  },
  {
    name: "counts what is parked as a full scan does, after any calls",
    run: (context) =>
      afterRuns(context, async (store, records) => {
        const { parked } = await store.stats();

        equal(parked, records.filter(({ state }) => state === "parked").length);
      }),
  },
  {
    name: "counts the events as a full scan does, after any calls",
    run: (context) =>
      afterRuns(context, async (store, records) => {
        const { events } = await store.stats();

        equal(events, new Set(records.map(({ event }) => event.id)).size);
      }),
  },
  {
    name: "counts what is unfinished in each lane as a full scan does, after any calls",
    run: (context) =>
      afterRuns(context, async (store, records) => {
        const counted = (await store.lanes()).filter(({ unfinished }) => unfinished > 0);
        const unfinished = records.filter(({ state }) => ["pending", "parked", "leased"].includes(state));

        const scanned = new Map<string, number>();
        for (const { sink, destination } of unfinished) {
          const name = `${sink}/${destination}`;
          scanned.set(name, (scanned.get(name) ?? 0) + 1);
        }
        deepEqual(new Map(counted.map((lane) => [`${lane.sink}/${lane.destination}`, lane.unfinished])), scanned);
      }),
  },
];

/** Checks a store several times while it is called at random. */
async function afterRuns(
  { open }: StoreTestContext,
  check: (store: Store, records: readonly DeliveryRecord[]) => Promise<void>,
): Promise<void> {
  const store = await open();
  for (const seed of SEEDS) {
    const run = new RandomRun(store, seed);
    for (let checks = 0; checks < CHECKS; checks += 1) {
      await run.go(CALLS_BETWEEN);
      await check(store, await everyRecord(store));
    }
  }
}
