import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { BusError } from "@bus/core";
import Database from "better-sqlite3";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/index.ts";
import { aBus, aStartedBus } from "../a-bus.ts";
import { aConnection, aHostConnection, eventIdsIn } from "../a-connection.ts";
import { aTempFile } from "../a-temp-file.ts";
import { codesOf, rejectionOf } from "../error-codes.ts";
import { eventually } from "../eventually.ts";

/** A file that a version of the future has used. */
async function aFileFromTheFuture(): Promise<string> {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.publish("thing.done", {}, { id: "a" });
  await bus.stop();
  const database = new Database(path);
  database.exec("UPDATE bus_meta SET value = '99' WHERE name = 'schema_version'; DROP TABLE bus_counters");
  database.close();
  return path;
}

it("leaves a file with a newer schema as it is, byte for byte", async () => {
  const path = await aFileFromTheFuture();
  const before = readFileSync(path);
  const { bus } = aBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_STORE_SCHEMA_NEWER"]);
  expect((error as Error).message).toContain("schema version 99");
  expect(readFileSync(path).equals(before)).toBe(true);
});

it("leaves a copy made by VACUUM INTO with a newer schema as it is", async () => {
  const path = await aFileFromTheFuture();
  const copy = join(dirname(path), "copy.db");
  aConnection(path).exec(`VACUUM INTO '${copy}'`);
  const before = readFileSync(copy);
  const { bus } = aBus({ store: sqliteStore({ path: copy }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_STORE_SCHEMA_NEWER"]);
  expect(readFileSync(copy).equals(before)).toBe(true);
});

it("says so on a connection of the host's too, and leaves that open", async () => {
  const database = aHostConnection(await aFileFromTheFuture());
  const { bus } = aBus({ store: sqliteStore({ database }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_STORE_SCHEMA_NEWER"]);
  expect(database.open).toBe(true);
  expect(database.inTransaction).toBe(false);
});

it("does not make the directory of its file", async () => {
  const path = aTempFile("not/there/bus.db");
  const { bus } = aBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_OPTION_INVALID"]);
  expect((error as Error).message).toContain(dirname(path));
  expect(existsSync(dirname(path))).toBe(false);
});

it("does not start on a directory", async () => {
  const { bus } = aBus({ store: sqliteStore({ path: dirname(aTempFile()) }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_STORE_READONLY"]);
});

it("does not start on a connection that is closed", async () => {
  const database = new Database(aTempFile());
  database.close();
  const { bus } = aBus({ store: sqliteStore({ database }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)).toEqual(["BUS_STORE_FAILED"]);
});

it("refuses to publish when the host has closed its connection", async () => {
  const database = new Database(aTempFile());
  const { bus } = await aStartedBus({ store: sqliteStore({ database }) });

  database.close();
  const error = await rejectionOf(bus.publish("thing.done", {}));

  expect(codesOf(error)).toEqual(["BUS_STORE_FAILED"]);
});

it("does no I/O before the bus starts", () => {
  const path = aTempFile();

  sqliteStore({ path });

  expect(existsSync(path)).toBe(false);
});

it("goes on in a file that was deleted under it, which is gone when the bus stops", async () => {
  const path = aTempFile();
  const { bus, delivered } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.publish("thing.done", {}, { id: "a" });

  rmSync(path);
  await bus.publish("thing.done", {}, { id: "b" });
  await eventually(() => delivered).toEqual(["a", "b"]);
  await bus.stop();
  const next = await aStartedBus({ store: sqliteStore({ path }) });
  await next.bus.stop();

  expect(eventIdsIn(path)).toEqual([]);
});

const path = "bus.db";
const database = new Database(":memory:");

it.each([
  ["no options", undefined],
  ["nothing in them", {}],
  ["a store in memory", { path: ":memory:" }],
  ["a temporary file", { path: "" }],
  ["a URI", { path: "file:bus.db" }],
  ["a path that is no text", { path: 7 }],
  ["both", { path, database }],
  ["what is no connection", { database: {} }],
  ["null for a connection", { database: null }],
  ["another durability", { path, durability: "off" }],
  ["a negative time-out", { path, lockTimeoutMs: -1 }],
  ["a time-out that is no number", { path, lockTimeoutMs: "5s" }],
  ["NaN for a time-out", { path, lockTimeoutMs: Number.NaN }],
])("refuses %s", (_, options) => {
  const make = (): unknown => sqliteStore(options as never);

  expect(make).toThrow(expect.objectContaining({ code: "BUS_OPTION_INVALID" }) as BusError);
});
