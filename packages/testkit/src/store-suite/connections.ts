import assert from "node:assert/strict";
import { ALL, anEnd, anEntry, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

/** Of stores that share what a directory holds. */
export const connections: readonly StoreTest[] = [
  {
    name: "shows through one connection what was done through another",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      const both = async (): Promise<void> => {
        assert.deepEqual(await one.query({}, ALL), await other.query({}, ALL));
        assert.deepEqual(await one.stats(), await other.stats());
        assert.deepEqual(await one.lanes(), await other.lanes());
      };

      await one.append([anEntry("a"), anEntry("b", { destination: "two" })], NO_BOUND);
      assert.equal((await other.get("a"))?.state, "pending");
      await both();
      await other.settle([anEnd(await leasedOne(other))], 0);
      assert.equal((await one.stats()).delivered, 1);
      await both();
      await other.append([anEntry("c")], NO_BOUND);
      assert.deepEqual(await leasedIds(one), ["c"]);
      await both();
    },
  },
  {
    name: "records an event once that comes through two connections at once",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];

      const answers = await Promise.all([
        one.append([anEntry("a", { id: "1" })], NO_BOUND),
        other.append([anEntry("a", { id: "2" })], NO_BOUND),
      ]);

      assert.deepEqual(answers.flat().toSorted(), ["appended", "duplicate"]);
      assert.equal((await one.stats()).pending, 1);
    },
  },
  {
    name: "bounds the backlog over all connections",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      const bound = { maxBacklog: 2, now: 0 };
      await one.append([anEntry("a"), anEntry("b")], bound);

      await assert.rejects(other.append([anEntry("c")], bound), { code: "BUS_BACKLOG_FULL" });
      await one.settle([anEnd(await leasedOne(one))], 0);

      assert.deepEqual(await other.append([anEntry("c")], bound), ["appended"]);
    },
  },
  {
    name: "gives what is out through one connection through no other",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append(
        ["a", "b", "c", "d"].map((id) => anEntry(id)),
        NO_BOUND,
      );

      const first = await leasedIds(one, { limit: 2 });
      const [second, third] = await Promise.all([leasedIds(other, { limit: 1 }), leasedIds(one, { limit: 1 })]);

      assert.deepEqual([...first, ...[...second, ...third].toSorted()], ["a", "b", "c", "d"]);
      assert.deepEqual([await leasedIds(one), await leasedIds(other)], [[], []]);
    },
  },
  {
    name: "holds back a key at one connection while it is out through another",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append(
        ["a", "b"].map((id) => anEntry(id, { orderKey: "k" })),
        NO_BOUND,
      );
      const first = await leasedOne(one);

      assert.deepEqual(await leasedIds(other), []);
      await one.settle([anEnd(first)], 0);

      assert.deepEqual(await leasedIds(other), ["b"]);
    },
  },
  {
    name: "refuses the end of a lease that was lost to another connection",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append([anEntry("a")], NO_BOUND);
      const lost = await leasedOne(one, { until: 50 });
      const held = await leasedOne(other, { now: 50 });

      assert.deepEqual(await one.settle([anEnd(lost, { state: "dead" })], 60), [false]);
      assert.equal((await one.get("a"))?.state, "leased");

      assert.deepEqual(await other.settle([anEnd(held)], 60), [true]);
      assert.equal((await one.get("a"))?.state, "delivered");
    },
  },
  {
    name: "gives what a closed connection held when its lease is over",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append([anEntry("a")], NO_BOUND);
      await leasedOne(one, { until: 50 });

      await one.close();

      assert.deepEqual(await leasedIds(other, { now: 49 }), []);
      assert.deepEqual(await leasedIds(other, { now: 50 }), ["a"]);
    },
  },
  {
    name: "takes up the work of a process that is killed beside it, when its leases are over",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const store = await open();
      const other = await elsewhere();
      await store.append([anEntry("a"), anEntry("b")], NO_BOUND);
      const [ended] = await leased(other.store, { until: 50 });
      await other.store.settle([anEnd(ended)], 10);
      assert.deepEqual(await store.due([HOOKS.sink], 10), { lanes: [], nextAt: 50 });

      await other.kill();

      assert.deepEqual(await leasedIds(store, { now: 49 }), []);
      assert.deepEqual(await store.due([HOOKS.sink], 50), { lanes: [HOOKS], nextAt: undefined });
      assert.deepEqual(await leasedIds(store, { now: 50 }), ["b"]);
    },
  },
  {
    name: "rests a lane at every connection once it rests at one",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append([anEntry("a"), anEntry("b")], NO_BOUND);
      await leased(other, { limit: 1 });

      await one.setLane(HOOKS, { state: "disabled", reason: "410" });
      assert.deepEqual([await leasedIds(other), (await other.stats()).parked], [[], 1]);
      await other.setLane(HOOKS, { state: "active" });

      assert.deepEqual(await leasedIds(one), ["b"]);
    },
  },
  {
    name: "gives one probe over all connections",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await one.append([anEntry("a"), anEntry("b")], NO_BOUND);
      await one.setLane(HOOKS, { state: "paused", reason: "503", until: 50 });
      const request = { lane: HOOKS, limit: 10, perKey: 1, now: 50, until: 100 };

      const leases = await Promise.all([one.lease(request), other.lease(request)]);

      const probes = leases.filter(({ isProbe }) => isProbe);
      assert.deepEqual([probes.length, leases.flatMap(({ deliveries }) => deliveries).length], [1, 1]);
    },
  },
];
