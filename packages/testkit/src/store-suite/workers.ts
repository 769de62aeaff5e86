import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AppendEntry, LaneId, LeasedDelivery, Store } from "@bus/core";
import { anEnd, anEvent, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";
import { keyOf, WorkWitness } from "./work-witness.ts";

const WORKERS = 8;
const LANES: readonly LaneId[] = ["one", "two", "three", "four"].map((destination) => ({ sink: "hooks", destination }));
const KEYS = 100;
const OF_ONE_EVENT = 100;
/** Several times what a good store needs. */
const MOST_ROUNDS = 1_000;

/** Some of the deliveries have a key, and each event is owed to many. */
function entries(count: number): readonly AppendEntry[] {
  return Array.from({ length: count / OF_ONE_EVENT }, (_, event) => ({
    event: anEvent({ id: `${event}` }),
    deliveries: Array.from({ length: OF_ONE_EVENT }, (__, index) => {
      const n = event * OF_ONE_EVENT + index;
      return { ...LANES[n % LANES.length]!, id: `${n}`, orderKey: n % 3 === 0 ? `${n % KEYS}` : undefined };
    }),
  }));
}

/** Delivers all but each 50th at its first try, with what stands behind it in its key. */
function delivered(deliveries: readonly LeasedDelivery[]): readonly LeasedDelivery[] {
  const heldBack = new Set<string | undefined>();
  return deliveries.filter((delivery) => {
    const key = keyOf(delivery);
    const isRetried = Number(delivery.id) % 50 === 0 && delivery.attempt === 1;
    if (isRetried) heldBack.add(key ?? delivery.id);
    return !heldBack.has(key ?? delivery.id);
  });
}

async function work(
  store: Store,
  { witness, worker, count }: { witness: WorkWitness; worker: number; count: number },
): Promise<void> {
  for (let round = 0; witness.ended < count; round += 1) {
    assert.ok(round < MOST_ROUNDS, `${count - witness.ended} deliveries never come to an end.`);
    const lane = LANES[(worker + round) % LANES.length]!;
    const { deliveries } = await store.lease({ lane, limit: 500, perKey: 20, now: round, until: 2 * MOST_ROUNDS });
    witness.take(deliveries);
    await nextTurn();

    const ended = new Set(delivered(deliveries));
    witness.giveBack(deliveries, [...ended]);
    const answers = await store.settle(
      deliveries.map((delivery) => anEnd(delivery, { state: ended.has(delivery) ? "delivered" : "pending" })),
      round,
    );
    assert.ok(answers.every(Boolean), "A lease was lost before its end.");
  }
}

async function workOff(stores: readonly Store[], count: number): Promise<void> {
  const [store] = stores;
  const witness = new WorkWitness();
  await store!.append(entries(count), NO_BOUND);

  await Promise.all(stores.map((each, worker) => work(each, { witness, worker, count })));

  const { pending, leased, delivered: ended } = await store!.stats();
  assert.deepEqual([pending, leased, ended], [0, 0, count]);
}

export const workers: readonly StoreTest[] = [
  {
    name: "gives no delivery to two of 8 workers at once, and each of 40,000 until it has ended",
    run: async ({ open }) => {
      const store = await open();

      await workOff(Array<Store>(WORKERS).fill(store), 40_000);
    },
  },
  {
    name: "gives no delivery to two of 8 connections at once, and each of 2,000 until it has ended",
    needs: "durable",
    run: async ({ open }) => {
      const stores = await Promise.all(Array.from({ length: WORKERS }, open));

      await workOff(stores, 2_000);
    },
  },
];
