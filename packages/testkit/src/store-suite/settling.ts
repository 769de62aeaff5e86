import { deepEqual, equal } from "node:assert/strict";
import type { Attempt, Settlement } from "@bus/core";
import { aStoreOf, anEnd, anEntry, leased, leasedIds, leasedOne } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

const ENDS: readonly Exclude<Settlement["state"], "pending">[] = ["delivered", "skipped", "dead"];

/** What becomes of a delivery when its lease is ended. */
export const settling: readonly StoreTest[] = [
  ...ENDS.map((state): StoreTest => ({
    name: `ends a delivery as ${state}, at the time given`,
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store, { until: 50 });

      const answers = await store.settle([anEnd(delivery, { state })], 7);

      deepEqual(answers, [true]);
      const record = await store.get("a");
      deepEqual([record?.state, record?.endedAt], [state, 7]);
      deepEqual(await leasedIds(store, { now: 80 }), []);
    },
  })),
  {
    name: "puts a delivery back as pending, due when the settlement says",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);

      const answers = await store.settle([anEnd(delivery, { state: "pending", dueAt: 70 })], 7);

      deepEqual(answers, [true]);
      const record = await store.get("a");
      deepEqual([record?.state, record?.dueAt, record?.endedAt], ["pending", 70, undefined]);
    },
  },
  {
    name: "keeps why a delivery was put back",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);

      await store.settle([anEnd(delivery, { state: "pending", dueAt: 70, reason: "503" })], 0);

      equal((await store.get("a"))?.reason, "503");
    },
  },
  {
    name: "answers false for a delivery that it does not know, and ends the others",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const [a, b] = await leased(store);

      const answers = await store.settle([anEnd(a), { ...anEnd(a), id: "unknown" }, anEnd(b)], 0);

      deepEqual(answers, [true, false, true]);
      equal((await store.stats()).delivered, 2);
    },
  },
  {
    name: "answers false for a lease that it never gave, and ends the others",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b"), anEntry("c")]);
      const [a, b, c] = await leased(store);
      const never = Math.max(...[a, b, c].map((delivery) => delivery?.leaseId ?? 0)) + 1;

      const answers = await store.settle([anEnd(a), { ...anEnd(b), leaseId: never }, anEnd(c)], 0);

      deepEqual(answers, [true, false, true]);
      equal((await store.get("b"))?.state, "leased");
    },
  },
  {
    name: "answers false for a delivery that is not leased",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b")]);
      const a = await leasedOne(store);

      const answers = await store.settle([{ ...anEnd(a), id: "b" }], 0);

      deepEqual(answers, [false]);
      equal((await store.get("b"))?.state, "pending");
    },
  },
  {
    name: "answers false to the second end of a lease, and leaves the first as it is",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);
      await store.settle([anEnd(delivery)], 5);

      const answers = await store.settle([anEnd(delivery, { state: "dead" })], 9);

      deepEqual(answers, [false]);
      const record = await store.get("a");
      deepEqual([record?.state, record?.endedAt], ["delivered", 5]);
    },
  },
  {
    name: "takes the first of two ends of a lease that come together",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const delivery = await leasedOne(store);

      const answers = await store.settle([anEnd(delivery), anEnd(delivery, { state: "dead" })], 5);

      deepEqual(answers, [true, false]);
      equal((await store.get("a"))?.state, "delivered");
    },
  },
  {
    name: "skips nothing when leases are ended out of order",
    async run(context) {
      const ids = ["a", "b", "c", "d", "e", "f"];
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );
      const out = new Map((await leased(store, { limit: 5, until: 50 })).map((delivery) => [delivery.id, delivery]));

      await store.settle([anEnd(out.get("d")), anEnd(out.get("a"))], 10);
      await store.settle([anEnd(out.get("c"))], 20);

      deepEqual([...(await leasedIds(store, { now: 80 }))].sort(), ["b", "e", "f"]);
    },
  },
  {
    name: "keeps each attempt with its time, outcome, reason and what the target answered",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const info = { status: 503, detail: "busy ☕" };
      const first: Attempt = { startedAt: 3, durationMs: 4, outcome: "retry", reason: "Busy.", info };
      const second: Attempt = { startedAt: 60, durationMs: 0, outcome: "delivered" };

      await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 50, attempt: first })], 7);
      await store.settle([anEnd(await leasedOne(store, { now: 60 }), { attempt: second })], 60);

      deepEqual((await store.get("a"))?.history, [first, second]);
    },
  },
  {
    name: "keeps the last 20 attempts",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);

      for (let startedAt = 0; startedAt < 25; startedAt += 1) {
        const attempt: Attempt = { startedAt, durationMs: 1, outcome: "retry" };
        await store.settle([anEnd(await leasedOne(store), { state: "pending", dueAt: 0, attempt })], 0);
      }

      const starts = (await store.get("a"))?.history.map(({ startedAt }) => startedAt);
      deepEqual(
        starts,
        Array.from({ length: 20 }, (_, index) => index + 5),
      );
    },
  },
  {
    name: "gives every lease of a delivery an id of its own, also after a free attempt",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const first = await leasedOne(store);
      await store.settle([anEnd(first, { state: "pending", dueAt: 0, isFree: true })], 0);

      const second = await leasedOne(store, { until: 50 });
      const third = await leasedOne(store, { now: 80 });

      equal(new Set([first, second, third].map(({ leaseId }) => leaseId)).size, 3);
    },
  },
];
