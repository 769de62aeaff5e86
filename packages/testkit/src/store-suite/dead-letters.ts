import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Attempt, DeliveryQuery, Store } from "@bus/core";
import { ALL, anEnd, anEntry, aStoreOf, end, HOOKS, leased, leasedOne, NO_BOUND } from "./builders.ts";
import { everyId, everyPage } from "./paging.ts";
import type { StoreTest } from "./store-test.ts";

const DISABLED = { state: "disabled", reason: "410" } as const;
/** More digits than a number holds, spaces and a key given twice: whoever reads it and writes it anew changes it. */
const ODD_JSON = '{ "n": 9007199254740993, "a": 1, "a": -0.0, "text": "\\u2615 ☕" }';

const PUBLISHED_AT = Date.parse("2026-02-01T00:00:00.000Z");
const EVENT = { type: "message.read", tenant: "acme", time: "2026-02-01T00:00:00.000Z" };
/** Each holds for the one delivery of two that is unlike the other in everything. */
const FILTERS: readonly DeliveryQuery[] = [
  { id: "b" },
  { sink: "graph" },
  { destination: "two" },
  { state: "dead" },
  { type: EVENT.type },
  { tenant: EVENT.tenant },
  { since: PUBLISHED_AT },
];

/** What ended without success, and finding it: `get` and `query`. */
export const deadLetters: readonly StoreTest[] = [
  {
    name: "keeps the bytes of a dead letter: of the event, and of what it was mapped to",
    async run(context) {
      const mapped = { type: "note", data: ` ${ODD_JSON}` };
      const store = await aStoreOf(context, [anEntry("a", { mapped }, { data: ODD_JSON })]);

      await end(store, "dead");

      const record = await store.get("a");
      deepEqual([record?.state, record?.event.data, record?.mapped], ["dead", ODD_JSON, mapped]);
    },
  },
  {
    name: "keeps why a dead letter died, and its attempts",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);
      const attempts = [1, 2].map((startedAt): Attempt => ({ startedAt, durationMs: 1, outcome: "rejected" }));

      for (const attempt of attempts) {
        const isLast = attempt.startedAt === 2;
        const over = { state: isLast ? "dead" : "pending", reason: `try ${attempt.startedAt}`, dueAt: 0 } as const;
        await store.settle([anEnd(await leasedOne(store), { ...over, attempt })], 0);
      }

      const record = await store.get("a");
      deepEqual([record?.state, record?.reason, record?.attempts], ["dead", "try 2", 2]);
      deepEqual(record?.history, attempts);
    },
  },
  {
    name: "knows nothing of an id it was never given",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);

      equal(await store.get("b"), undefined);
      deepEqual(await everyId(store, { id: "b" }), []);
    },
  },
  {
    name: "lists deliveries in the order of arrival",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("c", { destination: "two" }), anEntry("a")], 10);
      await store.append([anEntry("b", { destination: "two" })], { ...NO_BOUND, now: 5 });

      deepEqual(await everyId(store), ["c", "a", "b"]);
    },
  },
  {
    name: "lists all dead letters page by page, none twice",
    async run(context) {
      const ids = Array.from({ length: 23 }, (_, index) => `${index}`);
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );
      const dead = ids.filter((_, index) => index % 2 === 0);
      await endAll(store, dead);

      for (const limit of [1, 5, 12, 100]) deepEqual(await everyId(store, { state: "dead" }, limit), dead);
    },
  },
  {
    name: "gives no more on a page than asked for",
    async run(context) {
      const store = await aStoreOf(
        context,
        ["a", "b", "c", "d", "e"].map((id) => anEntry(id)),
      );

      const pages = await everyPage((cursor) => store.query({}, { limit: 2, cursor }));

      ok(pages.every(({ items }) => items.length <= 2));
    },
  },
  {
    name: "leaves no gap in a listing when what was on the pages before is gone from it",
    async run(context) {
      const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );
      await endAll(store, ids);

      const pages = await everyPage(async (cursor) => {
        const page = await store.query({ state: "dead" }, { limit: 3, cursor });
        for (const { id } of page.items) await store.replay({ id }, { ...ALL, now: 0 });
        return page;
      });

      deepEqual(
        pages.flatMap(({ items }) => items.map(({ id }) => id)),
        ids,
      );
    },
  },
  {
    name: "comes to the end of a listing though more arrives with every page",
    async run(context) {
      const ids = ["a", "b", "c", "d", "e"];
      const store = await aStoreOf(
        context,
        ids.map((id) => anEntry(id)),
      );

      let arrived = 0;
      const pages = await everyPage(async (cursor) => {
        const page = await store.query({}, { limit: 2, cursor });
        await store.append([anEntry(`new ${(arrived += 1)}`), anEntry(`new ${(arrived += 1)}`)], NO_BOUND);
        return page;
      });

      deepEqual(
        pages.flatMap(({ items }) => items.map(({ id }) => id)),
        ids,
      );
    },
  },
  ...FILTERS.map((query): StoreTest => ({
    name: `lists by ${Object.keys(query).join()}`,
    async run(context) {
      const store = await aStoreOf(context, [anEntry("b", { sink: "graph", destination: "two" }, EVENT)]);
      await store.append([anEntry("a")], NO_BOUND);
      const lane = { sink: "graph", destination: "two" };
      await store.settle([anEnd(await leasedOne(store, { lane }), { state: "dead" })], 0);

      deepEqual(await everyId(store, query), ["b"]);
    },
  })),
  {
    name: "lists what all fields of a query hold for, not any",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", { sink: "graph" }), anEntry("c")]);
      await store.settle([anEnd(await leasedOne(store), { state: "dead" })], 0);

      deepEqual(await everyId(store, { sink: "hooks", state: "pending" }), ["c"]);
      deepEqual(await everyId(store, { id: "b", sink: "hooks" }), []);
    },
  },
  {
    name: "lists what was published at the very time asked for, and nothing before it",
    async run(context) {
      const times = ["2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z", "2026-02-01T00:00:00.001Z"];
      const store = await aStoreOf(
        context,
        times.map((time, index) => anEntry(`${index}`, {}, { time })),
      );

      deepEqual(await everyId(store, { since: PUBLISHED_AT }), ["1", "2"]);
    },
  },
  {
    name: "shows what is pending in a disabled lane as parked",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("out"), anEntry("a"), anEntry("b", { destination: "two" })]);
      await leasedOne(store);
      await store.setLane(HOOKS, DISABLED);

      const { items } = await store.query({}, ALL);

      deepEqual(
        items.map(({ state }) => state),
        ["leased", "parked", "pending"],
      );
      equal((await store.get("a"))?.state, "parked");
      deepEqual(await everyId(store, { state: "parked" }), ["a"]);
    },
  },
  {
    name: "lists what is parked as pending too",
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a"), anEntry("b", { destination: "two" })]);
      await store.setLane(HOOKS, DISABLED);

      deepEqual(await everyId(store, { state: "pending" }), ["a", "b"]);
    },
  },
  ...(["query", "replay", "discard"] as const).map((method): StoreTest => ({
    name: `refuses a cursor that no store gave: ${method}`,
    async run(context) {
      const store = await aStoreOf(context, [anEntry("a")]);

      for (const cursor of ["", "no such cursor", "null"])
        await rejects(store[method]({}, { ...ALL, now: 0, cursor }), { code: "BUS_QUERY_INVALID" });
    },
  })),
];

/** Leases all that is due; these die, the others are delivered. */
async function endAll(store: Store, dead: readonly string[]): Promise<void> {
  const deliveries = await leased(store, { limit: 100 });
  await store.settle(
    deliveries.map((delivery) => anEnd(delivery, { state: dead.includes(delivery.id) ? "dead" : "delivered" })),
    0,
  );
}
