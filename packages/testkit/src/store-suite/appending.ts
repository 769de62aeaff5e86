import assert from "node:assert/strict";
import { ALL, aDelivery, anEntry, anEnd, anEvent, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

export const appending: readonly StoreTest[] = [
  {
    name: "answers an empty batch with nothing",
    run: async ({ open }) => {
      const store = await open();

      assert.deepEqual(await store.append([], { maxBacklog: 0, now: 0 }), []);
    },
  },
  {
    name: "records an event with all the deliveries it is owed",
    run: async ({ open }) => {
      const store = await open();
      const deliveries = ["one", "two", "three"].map((destination) => aDelivery({ id: destination, destination }));

      const answers = await store.append([{ event: anEvent({ id: "a" }), deliveries }], { maxBacklog: 3, now: 7 });

      assert.deepEqual(answers, ["appended"]);
      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ id, destination, event, state, attempts, dueAt }) => [
          id,
          destination,
          event.id,
          state,
          attempts,
          dueAt,
        ]),
        deliveries.map(({ id, destination }) => [id, destination, "a", "pending", 0, 7]),
      );
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending], [1, 3]);
    },
  },
  {
    name: "takes batches in the order in which they were given to it",
    run: async ({ open }) => {
      const store = await open();

      await Promise.all([
        store.append([anEntry("a"), anEntry("b")], NO_BOUND),
        store.append([anEntry("c"), anEntry("d")], NO_BOUND),
        store.append([anEntry("e")], NO_BOUND),
      ]);

      const { items } = await store.query({}, ALL);
      assert.deepEqual(
        items.map(({ id }) => id),
        ["a", "b", "c", "d", "e"],
      );
    },
  },
  {
    name: "records an event id once within a batch",
    run: async ({ open }) => {
      const store = await open();

      const answers = await store.append(
        [anEntry("a", { id: "first" }), anEntry("b"), anEntry("a", { id: "second" })],
        NO_BOUND,
      );

      assert.deepEqual(answers, ["appended", "appended", "duplicate"]);
      assert.notEqual(await store.get("first"), undefined);
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending], [2, 2]);
    },
  },
  {
    name: "says of each event of a batch whether it is a duplicate of an earlier one",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("b"), anEntry("d")], NO_BOUND);

      const answers = await store.append(
        ["a", "b", "c", "d", "e"].map((id) => anEntry(id)),
        NO_BOUND,
      );

      assert.deepEqual(answers, ["appended", "duplicate", "appended", "duplicate", "appended"]);
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending], [5, 5]);
    },
  },
  {
    name: "knows an event id whose deliveries have ended",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a")], NO_BOUND);
      await store.settle([anEnd(await leasedOne(store))], 0);

      assert.deepEqual(await store.append([anEntry("a")], NO_BOUND), ["duplicate"]);

      assert.equal((await store.get("a"))?.state, "delivered");
    },
  },
  {
    name: "knows the id of an event that is owed to nobody",
    run: async ({ open }) => {
      const store = await open();
      const entry = { event: anEvent({ id: "a" }), deliveries: [] };

      assert.deepEqual(await store.append([entry], NO_BOUND), ["appended"]);
      assert.deepEqual(await store.append([entry], NO_BOUND), ["duplicate"]);

      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending], [1, 0]);
    },
  },
  {
    name: "adds no deliveries to an event it has",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a", { id: "1" })], NO_BOUND);

      await store.append([anEntry("a", { id: "2", destination: "two" })], NO_BOUND);

      assert.equal(await store.get("2"), undefined);
      assert.equal((await store.stats()).pending, 1);
      assert.equal((await store.lanes()).length, 1);
    },
  },
  {
    name: "leaves an event as it was when its id comes again",
    run: async ({ open }) => {
      const store = await open();
      await store.append([anEntry("a", {}, { data: "1" })], NO_BOUND);

      await store.append([anEntry("a", {}, { data: "2", type: "x" })], NO_BOUND);

      assert.deepEqual((await store.get("a"))?.event, anEvent({ id: "a", data: "1" }));
    },
  },
  {
    name: "gives an id to one of those who append it at the same time",
    run: async ({ open }) => {
      const store = await open();

      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) => store.append([anEntry("a", { id: `${n}` })], NO_BOUND)),
      );

      assert.deepEqual(answers.flat().toSorted(), ["appended", ...Array<string>(9).fill("duplicate")]);
      assert.equal((await store.stats()).pending, 1);
    },
  },
  {
    name: "never shows a part of a batch",
    run: async ({ open }) => {
      const store = await open();
      const entries = Array.from({ length: 200 }, (_, n) => anEntry(`${n}`));
      const seen: number[] = [];

      const appended = Promise.allSettled([store.append(entries, NO_BOUND)]);
      for (let round = 0; round < 50; round += 1) seen.push((await store.stats()).pending);
      const [{ status }] = await appended;

      assert.equal(status, "fulfilled");

      assert.deepEqual(
        seen.filter((pending) => pending !== 0 && pending !== entries.length),
        [],
      );
    },
  },
];
