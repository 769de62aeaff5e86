import { expect, it } from "vitest";

import { sqliteStore, type SqliteStoreOptions } from "../../src/index.ts";
import { aBus, aBusInTime, aStartedBus, things } from "../a-bus.ts";
import { aConnection, aHostConnection, column, eventIdsIn } from "../a-connection.ts";
import { aTempFile } from "../a-temp-file.ts";
import { codesOf, messagesOf, rejectionOf } from "../error-codes.ts";
import { eventually } from "../eventually.ts";
import { aGate } from "../gate.ts";
import { turnsDuring } from "../turns-during.ts";

/** More than there are between two waits that hold the event loop. */
const MANY_TURNS = 1_000;

/** Another connection that keeps the file locked. */
function aLock(path: string, kind = "IMMEDIATE") {
  const other = aConnection(path);
  other.exec(`BEGIN ${kind}`);
  return { release: () => void other.exec("ROLLBACK") };
}

/** Both kinds of store; the host's connection would itself wait for 5 s in one piece. */
const STORES: [string, (path: string) => SqliteStoreOptions][] = [
  ["path", (path) => ({ path })],
  ["database", (path) => ({ database: aHostConnection(path) })],
];

it.each(STORES)("with a %s: waits for the lock, without holding the event loop", async (_, options) => {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore(options(path)) });
  const lock = aLock(path);

  const published = bus.publishMany(things(3));
  const turns = await turnsDuring(async (soFar) => {
    await eventually(soFar).toBeGreaterThan(MANY_TURNS);
    lock.release();
    await published;
  });

  expect(turns).toBeGreaterThan(MANY_TURNS);
  await bus.stop();
  expect(eventIdsIn(path)).toEqual(["e0", "e1", "e2"]);
});

it.each(STORES)(
  "with a %s: refuses what has waited too long, and goes on when the lock is gone",
  async (_, options) => {
    const path = aTempFile();
    const { bus, delivered } = await aStartedBus({ store: sqliteStore({ ...options(path), lockTimeoutMs: 60 }) });
    const lock = aLock(path, "EXCLUSIVE");

    const errors = await Promise.all(
      ["a", "b"].map((id) => rejectionOf(bus.publish("thing.done", { token: "tk-51f0" }, { id }))),
    );
    lock.release();
    await bus.publish("thing.done", {}, { id: "c" });

    expect(errors.map((error) => codesOf(error)[0])).toEqual(["BUS_STORE_LOCKED", "BUS_STORE_LOCKED"]);
    expect(errors.map(messagesOf).join()).not.toContain("tk-51f0");
    await eventually(() => delivered).toEqual(["c"]);
    await bus.stop();
    expect(eventIdsIn(path)).toEqual(["c"]);
  },
);

it("leaves the host's own lock time-out as it was", async () => {
  const database = aHostConnection(aTempFile());
  const { bus } = await aStartedBus({ store: sqliteStore({ database, lockTimeoutMs: 30 }) });
  database.pragma("busy_timeout = 1234");
  const lock = aLock(database.name);

  await rejectionOf(bus.publish("thing.done", {}));
  lock.release();
  await bus.publish("thing.done", {});

  expect(database.pragma("busy_timeout", { simple: true })).toBe(1_234);
});

it("waits for a reader to end, where the host's connection is without WAL, without holding the event loop", async () => {
  const path = aTempFile();
  const database = aConnection(path);
  database.pragma("busy_timeout = 3000");
  const { bus } = await aStartedBus({ store: sqliteStore({ database }) });
  const reader = aConnection(path);
  reader.exec("BEGIN; SELECT * FROM bus_events");

  const published = bus.publish("thing.done", {}, { id: "a" });
  const turns = await turnsDuring(async (soFar) => {
    await eventually(soFar).toBeGreaterThan(MANY_TURNS);
    reader.exec("COMMIT");
    await published;
  });

  expect(turns).toBeGreaterThan(MANY_TURNS);
  expect(column(database, "SELECT id FROM bus_events")).toEqual(["a"]);
});

it("reads while another connection writes", async () => {
  const path = aTempFile();
  const store = sqliteStore({ path });
  await store.open();
  const lock = aLock(path, "EXCLUSIVE");

  const stats = await store.stats();
  lock.release();
  await store.close();

  expect(stats).toMatchObject({ events: 0 });
});

it("tells of background work that waited too long, and settles it later without sending it again", async () => {
  const path = aTempFile();
  const gate = aGate();
  const { bus, clock, received, delivered, errors } = await aBusInTime({
    store: sqliteStore({ path, lockTimeoutMs: 20 }),
    deliver: gate.deliver,
  });
  await bus.publishMany(things(4));
  await eventually(() => received.length).toBe(4);
  const lock = aLock(path);

  gate.open();
  await eventually(() => errors.length).toBeGreaterThan(0);
  lock.release();
  await eventually(async () => (await clock.advance(100), delivered.length)).toBe(4);

  expect(new Set(errors.flatMap(codesOf))).toEqual(new Set(["BUS_STORE_FAILED", "BUS_STORE_LOCKED"]));
  expect(received.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});

it.each(STORES)("with a %s: waits for the lock before it starts", async (_, options) => {
  const path = aTempFile();
  const { bus } = aBus({ store: sqliteStore(options(path)) });
  const lock = aLock(path);

  const started = bus.start();
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(MANY_TURNS));
  lock.release();
  await started;

  expect(bus.state).toBe("running");
});

it.each(STORES)("with a %s: does not start when the lock stays", async (_, options) => {
  const path = aTempFile();
  const { bus } = aBus({ store: sqliteStore({ ...options(path), lockTimeoutMs: 60 }) });
  aLock(path);

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)[0]).toBe("BUS_STORE_LOCKED");
});
