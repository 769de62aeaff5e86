import { readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aBusInTime, aStartedBus, HOOKS, things } from "./a-bus.ts";
import { aConnection, aHostConnection, column } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { eventually } from "./eventually.ts";
import { statsByScan } from "./stats-by-scan.ts";

/** A file as the version of the package with this schema left it: see test/fixtures. */
function aFileOfVersion(version: number): string {
  const path = aTempFile();
  const database = new Database(path);
  database.exec(readFileSync(new URL(`fixtures/version-${version}.sql`, import.meta.url), "utf8"));
  database.close();
  return path;
}

const everything = (path: string): unknown[] =>
  ["bus_meta", "bus_events", "bus_lanes", "bus_deliveries", "bus_attempts", "bus_state", "bus_counters"].map((table) =>
    aConnection(path).prepare(`SELECT * FROM ${table}`).all(),
  );

it("keeps all that stands in a file of version 1", async () => {
  const path = aFileOfVersion(1);
  const before = everything(path);
  const store = sqliteStore({ path });

  await store.open();
  const { items } = await store.query({}, { limit: 100 });
  const states = Object.fromEntries(items.map(({ id, state }) => [id, state]));
  const [token] = await store.state.get("hooks", ["cursor"]);
  await store.close();

  expect(everything(path)).toEqual(before);
  expect(states).toEqual({
    "d-delivered": "delivered",
    "d-dead": "dead",
    "d-leased": "leased",
    "d-pending": "pending",
    "d-parked": "parked",
    "d-skipped": "skipped",
    "d-discarded": "discarded",
  });
  expect(items.find(({ id }) => id === "d-dead")).toEqual({
    id: "d-dead",
    sink: "hooks",
    destination: "default",
    orderKey: "k",
    mapped: { type: "thing.mapped", data: '{"n":1}' },
    event: {
      id: "e1",
      type: "thing.done",
      source: "test",
      time: "2026-01-01T00:00:01.000Z",
      subject: "s",
      key: "k",
      tenant: "t",
      data: '{"text":"naïve ✓"}',
    },
    state: "dead",
    attempts: 2,
    history: [
      {
        startedAt: 1_767_225_601_000,
        durationMs: 12,
        outcome: "retry",
        reason: "503",
        info: { status: 503, detail: "busy" },
      },
      { startedAt: 1_767_225_606_000, durationMs: 8, outcome: "rejected", reason: "400" },
    ],
    dueAt: 1_767_225_606_000,
    reason: "400",
    endedAt: 1_767_225_606_008,
  });
  expect(token).toBe("7");
});

it("goes on with the work of a file of version 1", async () => {
  const path = aFileOfVersion(1);

  const { bus, clock, delivered } = await aBusInTime({ store: sqliteStore({ path }) });
  await clock.advance(120_000);
  await eventually(async () => (await clock.settled(), delivered.length)).toBe(2);
  await bus.publish("thing.done", {}, { id: "new" });
  await bus.deliveries.replay("d-dead");
  await eventually(async () => (await clock.settled(), delivered.length)).toBe(4);

  expect(delivered.toSorted()).toEqual(["e1", "e2", "e3", "new"]);
  expect(await bus.deliveries.stats()).toEqual(statsByScan(aConnection(path)));
});

it("changes nothing when it opens a file again", async () => {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.lanes.pause(HOOKS);
  await bus.publishMany(things(3));
  await bus.stop();
  const before = readFileSync(path);

  const store = sqliteStore({ path });
  await store.open();
  await store.close();

  expect(readFileSync(path).equals(before)).toBe(true);
});

it("is opened twice at once, new or not", async () => {
  const path = aTempFile();
  const stores = [sqliteStore({ path }), sqliteStore({ path })];

  await Promise.all(stores.map((store) => store.open()));
  const stats = await Promise.all(stores.map((store) => store.stats()));
  await Promise.all(stores.map((store) => store.close()));

  expect(stats.map(({ events }) => events)).toEqual([0, 0]);
  expect(column(aConnection(path), "SELECT value FROM bus_meta WHERE name = 'schema_version'")).toEqual(["1"]);
});

it.each(["path", "database"])("lives beside the tables of the host, opened by %s", async (kind) => {
  const path = aTempFile();
  const host = kind === "path" ? new Database(path) : aHostConnection(path);
  host.exec("CREATE TABLE orders (id TEXT PRIMARY KEY); INSERT INTO orders VALUES ('o-1'); PRAGMA user_version = 42");
  if (kind === "path") host.close();

  const { bus, delivered } = await aStartedBus({ store: sqliteStore(kind === "path" ? { path } : { database: host }) });
  await bus.publish("thing.done", {}, { id: "a" });
  await eventually(() => delivered).toEqual(["a"]);
  await bus.stop();

  const reader = aConnection(path);
  expect(column(reader, "SELECT id FROM orders")).toEqual(["o-1"]);
  expect(column(reader, "PRAGMA user_version")).toEqual([42]);
  expect(
    column(reader, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'bus!_%' ESCAPE '!'"),
  ).toEqual(["orders"]);
});

it("leaves one file when it is closed", async () => {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.publish("thing.done", {});

  await bus.stop();

  expect(readdirSync(dirname(path))).toEqual(["bus.db"]);
});
