import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Store } from "@bus/core";
import { anEnd, anEntry, HOOKS, leased, leasedIds, leasedOne, NO_BOUND } from "./builders.ts";
import type { HostConnection, StoreTest, StoreTestContext } from "./store-test.ts";

const ROLLED_BACK = { code: "BUS_TRANSACTION_ROLLED_BACK" };
/** Turns of the event loop after which a store would have answered what it does not hold back. */
const TURNS = 30;

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}

async function openHost({ host }: StoreTestContext): Promise<HostConnection> {
  const connection = host();
  await connection.store.open();
  return connection;
}

/** What becomes of an append, told when it is known: nothing escapes as an unhandled rejection meanwhile. */
async function fate(append: ReturnType<Store["append"]>): Promise<string> {
  return append.then(
    (answers) => answers.join(),
    (error: NodeJS.ErrnoException) => String(error.code),
  );
}

export const transactions: readonly StoreTest[] = [
  {
    name: "records what was appended in a transaction of the host when it commits",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      const other = await context.open();

      await execute("BEGIN");
      const appended = fate(store.append([anEntry("a"), anEntry("b")], NO_BOUND));
      await someTurns();
      await execute("COMMIT");

      assert.equal(await appended, "appended,appended");
      assert.equal((await other.stats()).pending, 2);
      assert.deepEqual(await leasedIds(store, { limit: 1 }), ["a"]);
      assert.deepEqual(await leasedIds(other), ["b"]);
    },
  },
  {
    name: "keeps nothing of what was appended in a transaction that the host rolls back, and says so",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      await store.append([anEntry("before")], NO_BOUND);

      await execute("BEGIN");
      const appended = fate(store.append([anEntry("a"), anEntry("b", { destination: "two" })], NO_BOUND));
      await someTurns();
      await execute("ROLLBACK");

      assert.equal(await appended, ROLLED_BACK.code);
      assert.equal(await store.get("a"), undefined);
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending, (await store.lanes()).length], [1, 1, 1]);
      assert.deepEqual(await store.append([anEntry("a")], NO_BOUND), ["appended"]);
      assert.deepEqual(await leasedIds(store), ["before", "a"]);
    },
  },
  {
    name: "resolves an append in a transaction of the host only after its commit",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      let isAnswered = false;

      await execute("BEGIN");
      const appended = fate(store.append([anEntry("a")], NO_BOUND)).finally(() => {
        isAnswered = true;
      });
      await someTurns();
      assert.equal(isAnswered, false);
      await execute("COMMIT");

      assert.equal(await appended, "appended");
    },
  },
  {
    name: "shows nobody what a transaction of the host holds before its commit",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      const other = await context.open();

      await execute("BEGIN");
      const appended = fate(store.append([anEntry("a")], NO_BOUND));
      await someTurns();
      assert.equal(await other.get("a"), undefined);
      assert.equal((await other.stats()).pending, 0);
      assert.deepEqual(await other.due([HOOKS.sink], 1_000), { lanes: [], nextAt: undefined });
      await execute("COMMIT");

      assert.equal(await appended, "appended");
      assert.deepEqual(await other.due([HOOKS.sink], 1_000), { lanes: [HOOKS], nextAt: undefined });
    },
  },
  {
    name: "keeps nothing of what was appended after a savepoint to which the host rolls back, and the rest",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);

      await execute("BEGIN");
      const before = fate(store.append([anEntry("a")], NO_BOUND));
      await execute("SAVEPOINT s");
      const within = fate(store.append([anEntry("b"), anEntry("x", { destination: "two" })], NO_BOUND));
      await execute("ROLLBACK TO s");
      const after = fate(store.append([anEntry("c")], NO_BOUND));
      await execute("COMMIT");

      assert.deepEqual(await Promise.all([before, within, after]), ["appended", ROLLED_BACK.code, "appended"]);
      const { events, pending } = await store.stats();
      assert.deepEqual([events, pending, (await store.lanes()).length], [2, 2, 1]);
      assert.deepEqual(await leasedIds(store), ["a", "c"]);
    },
  },
  {
    name: "records what was appended after a savepoint that the host releases",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);

      await execute("BEGIN");
      await execute("SAVEPOINT s");
      const appended = fate(store.append([anEntry("a")], NO_BOUND));
      await execute("RELEASE s");
      await someTurns();
      await execute("COMMIT");

      assert.equal(await appended, "appended");
      assert.deepEqual(await leasedIds(store), ["a"]);
    },
  },
  {
    name: "keeps nothing of a savepoint that was released in a transaction that the host rolls back",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);

      await execute("BEGIN");
      await execute("SAVEPOINT s");
      const appended = fate(store.append([anEntry("a")], NO_BOUND));
      await execute("RELEASE s");
      await execute("ROLLBACK");

      assert.equal(await appended, ROLLED_BACK.code);
      assert.equal((await store.stats()).events, 0);
    },
  },
  {
    name: "tells duplicates within a transaction of the host",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      await store.append([anEntry("a")], NO_BOUND);

      await execute("BEGIN");
      const first = fate(store.append([anEntry("a"), anEntry("b")], NO_BOUND));
      const second = fate(store.append([anEntry("b"), anEntry("c")], NO_BOUND));
      await execute("COMMIT");

      assert.deepEqual([await first, await second], ["duplicate,appended", "duplicate,appended"]);
      assert.equal((await store.stats()).pending, 3);
    },
  },
  {
    name: "refuses a batch for which the backlog has no room, and leaves the transaction of the host as it was",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      const bound = { maxBacklog: 2, now: 0 };

      await execute("BEGIN");
      const first = fate(store.append([anEntry("a")], bound));
      const second = fate(store.append([anEntry("b"), anEntry("c")], bound));
      const third = fate(store.append([anEntry("d")], bound));
      await execute("COMMIT");

      assert.deepEqual(await Promise.all([first, second, third]), ["appended", "BUS_BACKLOG_FULL", "appended"]);
      assert.deepEqual(await leasedIds(store), ["a", "d"]);
      assert.equal((await store.stats()).events, 2);
    },
  },
  {
    name: "keeps its own work out of a transaction that the host begins and rolls back",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      await store.append([anEntry("a")], NO_BOUND);
      const delivery = await leasedOne(store);

      const before = fate(store.append([anEntry("b")], NO_BOUND));
      await execute("BEGIN");
      const within = fate(store.append([anEntry("c")], NO_BOUND));
      const settled = store.settle([anEnd(delivery)], 0);
      await someTurns();
      await execute("ROLLBACK");

      assert.deepEqual([await before, await within, await settled], ["appended", ROLLED_BACK.code, [true]]);
      const { delivered, pending } = await store.stats();
      assert.deepEqual([delivered, pending], [1, 1]);
    },
  },
  {
    name: "goes on with the host's connection after it was closed and opened again",
    needs: "transactions",
    run: async (context) => {
      const { store, execute } = await openHost(context);
      await execute("BEGIN");
      const appended = fate(store.append([anEntry("a")], NO_BOUND));
      const closed = store.close();
      await execute("COMMIT");
      await closed;
      assert.equal(await appended, "appended");

      await store.open();
      await execute("BEGIN");
      const more = fate(store.append([anEntry("b")], NO_BOUND));
      await execute("COMMIT");

      assert.equal(await more, "appended");
      assert.deepEqual(
        (await leased(store)).map(({ id }) => id),
        ["a", "b"],
      );
    },
  },
];
