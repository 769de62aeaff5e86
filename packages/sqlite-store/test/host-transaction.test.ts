import type { Database } from "better-sqlite3";
import { expect, it } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aBusInTime, aStartedBus, things, type TestBus } from "./a-bus.ts";
import { aConnection, aHostConnection, column, eventIdsIn } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { codesOf, rejectionOf } from "./error-codes.ts";
import { eventually } from "./eventually.ts";
import { statsByScan } from "./stats-by-scan.ts";
import { turnsDuring } from "./turns-during.ts";

interface Host extends TestBus {
  readonly database: Database;
  /** The host's own work. */
  order(id: string): void;
  /** What of the host's work is there. */
  orders(): unknown[];
}

async function aHost(prepare: (database: Database) => void = () => undefined): Promise<Host> {
  const database = aHostConnection(aTempFile());
  prepare(database);
  database.exec("CREATE TABLE orders (id TEXT)");
  const made = await aStartedBus({ store: sqliteStore({ database, lockTimeoutMs: 300 }) });
  return {
    ...made,
    database,
    order: (id) => void database.prepare("INSERT INTO orders VALUES (?)").run(id),
    orders: () => column(database, "SELECT id FROM orders ORDER BY id"),
  };
}

it("records the event with the host's own work, or not at all", async () => {
  const { bus, database, delivered, order, orders } = await aHost();
  const published: Promise<unknown>[] = [];
  const place = database.transaction((id: string, mayCommit: boolean) => {
    published.push(bus.publish("thing.done", {}, { id }));
    order(id);
    if (!mayCommit) throw new Error("out of stock");
  });

  place("a", true);
  expect(() => place("b", false)).toThrow("out of stock");
  const [taken, refused] = await Promise.allSettled(published);

  expect(taken).toMatchObject({ status: "fulfilled", value: { id: "a" } });
  expect(refused).toMatchObject({ status: "rejected", reason: { code: "BUS_TRANSACTION_ROLLED_BACK" } });
  expect(orders()).toEqual(["a"]);
  await eventually(() => delivered).toEqual(["a"]);
  expect(eventIdsIn(database.name)).toEqual(["a"]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(database));
});

it("has written the event, with what it owes, before publish returns", async () => {
  const { bus, database } = await aHost();
  const reader = aConnection(database.name);
  const owed = "SELECT e.id FROM bus_events e JOIN bus_deliveries d ON d.event = e.seq";
  let inside: unknown[] = [];
  let outside: unknown[] = [];
  let published: Promise<unknown> | undefined;

  database.transaction(() => {
    published = bus.publish("thing.done", {}, { id: "a" });
    inside = column(database, owed);
    outside = column(reader, owed);
  })();
  await published;

  expect(inside).toEqual(["a"]);
  expect(outside).toEqual([]);
  expect(column(reader, owed)).toEqual(["a"]);
});

it("keeps what came before and after a savepoint that was rolled back", async () => {
  const { bus, database, delivered } = await aHost();
  const publish = (id: string): Promise<unknown> => bus.publish("thing.done", {}, { id });
  const published: Promise<unknown>[] = [];

  database.transaction(() => {
    published.push(publish("a"));
    const inner = database.transaction(() => {
      published.push(publish("b"), publish("c"));
      throw new Error("not that");
    });
    expect(inner).toThrow("not that");
    published.push(publish("d"));
  })();
  const outcomes = await Promise.all(published.map(rejectionOf));

  expect(outcomes.map((error) => codesOf(error)[0])).toEqual([
    undefined,
    "BUS_TRANSACTION_ROLLED_BACK",
    "BUS_TRANSACTION_ROLLED_BACK",
    undefined,
  ]);
  await eventually(() => delivered).toEqual(["a", "d"]);
  expect(eventIdsIn(database.name)).toEqual(["a", "d"]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(database));
});

it("keeps a released savepoint only if the whole commits", async () => {
  const { bus, database } = await aHost();
  let published: Promise<unknown> | undefined;
  const outer = database.transaction(() => {
    database.transaction(() => {
      published = bus.publish("thing.done", {}, { id: "a" });
    })();
    throw new Error("not that");
  });

  expect(outer).toThrow("not that");
  const error = await rejectionOf(published ?? Promise.resolve());

  expect(codesOf(error)).toEqual(["BUS_TRANSACTION_ROLLED_BACK"]);
  expect(eventIdsIn(database.name)).toEqual([]);
});

it("makes a lane anew that went with a rollback", async () => {
  const { bus, database, delivered } = await aHost();

  database.exec("BEGIN");
  const gone = bus.publish("thing.done", {}, { id: "a" });
  database.exec("ROLLBACK");
  const [error] = await Promise.all([rejectionOf(gone), bus.publish("thing.done", {}, { id: "b" })]);

  expect(codesOf(error)).toEqual(["BUS_TRANSACTION_ROLLED_BACK"]);
  await eventually(() => delivered).toEqual(["b"]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(database));
});

it("begins to deliver, and tells listeners, only after the commit", async () => {
  const { bus, database, received, delivered } = await aHost();
  const heard: string[] = [];
  bus.on("thing.done", ({ id }) => void heard.push(id));

  database.exec("BEGIN");
  const published = bus.publish("thing.done", {}, { id: "a" });
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(10));
  const before = [...received.map(({ event }) => event.id), ...heard];
  database.exec("COMMIT");
  await published;

  expect(before).toEqual([]);
  expect(heard).toEqual(["a"]);
  await eventually(() => delivered).toEqual(["a"]);
});

it("keeps publishes outside of a transaction apart from those within", async () => {
  const { bus, database, delivered } = await aHost();
  const publish = (id: string): Promise<unknown> => bus.publish("thing.done", {}, { id });

  const before = publish("before");
  let within: Promise<unknown> | undefined;
  const transaction = database.transaction(() => {
    within = publish("within");
    throw new Error("not that");
  });
  expect(transaction).toThrow("not that");
  const after = publish("after");
  const outcomes = await Promise.all([before, within ?? before, after].map(rejectionOf));

  expect(outcomes.map((error) => codesOf(error)[0])).toEqual([undefined, "BUS_TRANSACTION_ROLLED_BACK", undefined]);
  await eventually(() => delivered.toSorted()).toEqual(["after", "before"]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(database));
});

it("counts right after many transactions, half of them rolled back", async () => {
  const { bus, database, delivered } = await aHost();
  const kept: string[] = [];

  const published = Array.from({ length: 60 }, (_, index) => {
    const id = `e${index}`;
    const isKept = index % 2 === 0;
    if (isKept) kept.push(id);
    database.exec("BEGIN");
    const promise = rejectionOf(bus.publish("thing.done", {}, { id, key: `k${index % 3}` }));
    database.exec(isKept ? "COMMIT" : "ROLLBACK");
    return promise;
  });
  await Promise.all(published);

  await eventually(() => delivered.toSorted()).toEqual(kept.toSorted());
  const stats = await bus.deliveries.stats();
  expect(stats).toEqual(statsByScan(database));
  expect(stats).toMatchObject({ events: 30, delivered: 30 });
});

it("says within a transaction that an event is there already", async () => {
  const { bus, database, delivered } = await aHost();
  await bus.publish("thing.done", {}, { id: "a" });

  database.exec("BEGIN");
  const again = bus.publish("thing.done", {}, { id: "a" });
  database.exec("ROLLBACK");
  await again;

  await eventually(() => delivered).toEqual(["a"]);
  expect(eventIdsIn(database.name)).toEqual(["a"]);
});

it("leaves the transaction as it was when the file has no room for the event", async () => {
  const { bus, database, order, orders } = await aHost();
  database.pragma(`max_page_count = ${Number(database.pragma("page_count", { simple: true })) + 2}`);
  const published: Promise<unknown>[] = [];

  database.transaction(() => {
    order("a");
    published.push(bus.publish("thing.done", { text: "x".repeat(50_000) }, { id: "large" }));
    expect(database.inTransaction).toBe(true);
    order("b");
  })();
  const [refused] = await Promise.allSettled(published);

  expect(refused).toMatchObject({ status: "rejected", reason: { code: "BUS_STORE_FULL" } });
  expect(orders()).toEqual(["a", "b"]);
  expect(eventIdsIn(database.name)).toEqual([]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(database));
});

it("waits while the host goes through the rows of a statement", async () => {
  const { bus, database, delivered, order } = await aHost();
  order("a");
  const rows = database.prepare("SELECT id FROM orders").iterate();
  rows.next();

  const published = bus.publish("thing.done", {}, { id: "e" });
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(2));
  rows.return?.();

  await expect(published).resolves.toMatchObject({ id: "e" });
  await eventually(() => delivered).toEqual(["e"]);
});

it("refuses what is more than the backlog may hold, and lets the transaction go on", async () => {
  const database = aHostConnection(aTempFile());
  database.exec("CREATE TABLE orders (id TEXT)");
  const { bus } = await aStartedBus({ store: sqliteStore({ database }), maxBacklog: 2 });

  database.exec("BEGIN");
  const refused = rejectionOf(bus.publishMany(things(3)));
  const taken = bus.publish("thing.done", {}, { id: "taken" });
  database.exec("INSERT INTO orders VALUES ('o-1'); COMMIT");
  await taken;

  expect(codesOf(await refused)).toEqual(["BUS_BACKLOG_FULL"]);
  expect(eventIdsIn(database.name)).toEqual(["taken"]);
  expect(column(database, "SELECT id FROM orders")).toEqual(["o-1"]);
});

it("works on a connection that reads integers as BigInt", async () => {
  const { bus, database, delivered } = await aHost((made) => void made.defaultSafeIntegers(true));

  database.exec("BEGIN");
  const within = bus.publish("thing.done", {}, { id: "a", key: "k" });
  database.exec("COMMIT");
  await within;
  await bus.publish("thing.done", {}, { id: "b", key: "k" });

  await eventually(() => delivered).toEqual(["a", "b"]);
  expect(await bus.deliveries.stats()).toMatchObject({ events: 2, delivered: 2 });
  const { items } = await bus.deliveries.list();
  expect(items.map(({ attempts, history }) => [attempts, history.length])).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

it("writes nothing of its own into a transaction that the host leaves open", async () => {
  const { bus, database, delivered, order, orders } = await aHost();
  const outside = bus.publish("thing.done", {}, { id: "outside" });

  database.exec("BEGIN");
  order("o-1");
  const stats = rejectionOf(bus.deliveries.stats());
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(10));
  const meanwhile = column(database, "SELECT id FROM bus_events");
  database.exec("ROLLBACK");
  await Promise.all([outside, stats]);

  expect(meanwhile).toEqual([]);
  expect(orders()).toEqual([]);
  await eventually(() => delivered).toEqual(["outside"]);
});

it("refuses its own work when the host's transaction stays open too long, and goes on after it", async () => {
  const { bus, database, delivered } = await aHost();
  const waiting = rejectionOf(bus.publish("thing.done", {}, { id: "waiting" }));

  database.exec("BEGIN");
  const error = await waiting;
  const within = bus.publish("thing.done", {}, { id: "within" });
  database.exec("COMMIT");
  await within;

  expect(codesOf(error)).toEqual(["BUS_STORE_LOCKED"]);
  await eventually(() => delivered).toEqual(["within"]);
  expect(eventIdsIn(database.name)).toEqual(["within"]);
});

it("leaves the host's connection open when the bus stops, and can begin again on it", async () => {
  const { bus, database, order, orders } = await aHost();
  await bus.publish("thing.done", {}, { id: "a" });

  await bus.stop();
  order("after");
  const next = await aStartedBus({ store: sqliteStore({ database }) });
  await next.bus.publish("thing.done", {}, { id: "b" });

  expect(database.open).toBe(true);
  expect(orders()).toEqual(["after"]);
  await eventually(() => next.delivered).toContain("b");
});

it("does not end before the host's transaction, so that its publish is answered", async () => {
  const { bus, database } = await aHost();

  database.exec("BEGIN");
  const published = bus.publish("thing.done", {}, { id: "a" });
  const stopped = bus.stop();
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(10));
  database.exec("COMMIT");
  await Promise.all([published, stopped]);

  expect(eventIdsIn(database.name)).toEqual(["a"]);
});

it("delivers after a start what a host committed and did not live to deliver", async () => {
  const database = aHostConnection(aTempFile());
  const first = await aBusInTime({ store: sqliteStore({ database }) });
  database.exec("BEGIN");
  const published = first.bus.publish("thing.done", {}, { id: "a" });
  const stopped = first.bus.stop();
  database.exec("COMMIT");
  await Promise.all([published, stopped]);

  const { delivered } = await aBusInTime({ store: sqliteStore({ database }) });

  await eventually(() => delivered).toEqual(["a"]);
  expect(first.delivered).toEqual([]);
});
