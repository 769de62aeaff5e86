import { copyFileSync, openSync, readFileSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/index.ts";
import { aBus, aBusInTime, aStartedBus, HOOKS, idsOf, things } from "../a-bus.ts";
import { column, eventIdsIn } from "../a-connection.ts";
import { aTempFile } from "../a-temp-file.ts";
import { codesOf, messagesOf, rejectionOf } from "../error-codes.ts";
import { eventually } from "../eventually.ts";

/** A file of some hundred pages, closed: the first events delivered, the others not. */
async function aFilledFile(): Promise<string> {
  const path = aTempFile();
  const { bus, delivered } = await aStartedBus({ store: sqliteStore({ path, durability: "normal" }) });
  await bus.publishMany(things(200, "x".repeat(1_000)));
  await eventually(() => delivered.length).toBe(200);
  await bus.stop();
  return path;
}

/** Overwrites the first page of a table, and gives what was there. */
function damage(path: string, table: string): void {
  const database = new Database(path);
  const page = Number(column(database, `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`)[0]);
  const size = Number(column(database, "PRAGMA page_size")[0]);
  database.close();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(size, 0xff), 0, size, (page - 1) * size);
  closeSync(file);
}

it("does not start on a file that is none of SQLite's, and changes nothing", async () => {
  const path = aTempFile();
  const garbage = randomBytes(8_192);
  writeFileSync(path, garbage);
  const { bus } = aBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)[0]).toBe("BUS_STORE_CORRUPT");
  expect(readFileSync(path).equals(garbage)).toBe(true);
});

it("does not start on a file cut short within its schema", async () => {
  const path = await aFilledFile();
  writeFileSync(path, readFileSync(path).subarray(0, 4_096));
  const { bus } = aBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)[0]).toBe("BUS_STORE_CORRUPT");
});

it.each(["bus_events", "bus_deliveries"])("refuses to publish when %s is damaged", async (table) => {
  const path = await aFilledFile();
  const backup = `${path}.backup`;
  copyFileSync(path, backup);
  damage(path, table);
  const damaged = await aStartedBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(damaged.bus.publish("thing.done", { token: "tk-51f0" }, { id: "refused" }));
  await damaged.bus.stop();
  copyFileSync(backup, path);
  const mended = await aStartedBus({ store: sqliteStore({ path }) });
  await mended.bus.publish("thing.done", {}, { id: "taken" });

  expect(codesOf(error)[0]).toBe("BUS_STORE_CORRUPT");
  expect(messagesOf(error)).not.toContain("tk-51f0");
  await eventually(() => mended.delivered).toEqual(["taken"]);
  await mended.bus.stop();
  expect(eventIdsIn(path)).toEqual([...idsOf(things(200)), "taken"]);
});

it("refuses to read what is damaged", async () => {
  const path = await aFilledFile();
  damage(path, "bus_deliveries");
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });

  const error = await rejectionOf(bus.deliveries.list());

  expect(codesOf(error)).toContain("BUS_STORE_CORRUPT");
});

it("tells of damage found in the background", async () => {
  const path = aTempFile();
  const first = await aBusInTime({ store: sqliteStore({ path }) });
  await first.bus.lanes.pause(HOOKS);
  await first.bus.publishMany(things(200, "x".repeat(1_000)));
  await first.bus.stop();
  damage(path, "bus_events");

  const { bus, clock, errors, received } = await aBusInTime({ store: sqliteStore({ path }) });
  await bus.lanes.resume(HOOKS);
  await eventually(async () => (await clock.advance(60_000), errors.length)).toBeGreaterThan(0);

  expect(new Set(errors.flatMap(codesOf))).toEqual(new Set(["BUS_STORE_FAILED", "BUS_STORE_CORRUPT"]));
  expect(received).toEqual([]);
});
