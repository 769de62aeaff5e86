import { statSync } from "node:fs";
import type { VirtualClock } from "@bus/testkit";
import type { Database } from "better-sqlite3";
import { expect, it } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aBusInTime, HOOKS, idsOf, things, type TestBus } from "./a-bus.ts";
import { aConnection, column, eventIdsIn } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { eventually } from "./eventually.ts";
import { statsByScan } from "./stats-by-scan.ts";

/** As often as the engine prunes. */
const MINUTE_MS = 60_000;
const TIMEOUT_MS = 20_000;

interface TimedBus extends TestBus {
  readonly clock: VirtualClock;
}

async function deliver({ bus, delivered }: TestBus, prefix: string, count: number, data?: unknown): Promise<void> {
  const before = delivered.length;
  await bus.publishMany(things(count, data, prefix));
  await eventually(() => delivered.length).toBe(before + count);
}

async function prunedTo({ bus, clock }: TimedBus, finished: (delivered: number) => boolean): Promise<void> {
  await clock.advance(MINUTE_MS);
  await eventually(async () => (await clock.settled(), finished((await bus.deliveries.stats()).delivered))).toBe(true);
}

const number = (database: Database, sql: string): number => Number(column(database, sql)[0]);
const pagesInUse = (database: Database): number =>
  number(database, "PRAGMA page_count") - number(database, "PRAGMA freelist_count");

it(
  "keeps the file at one size, however much goes through it",
  async () => {
    const path = aTempFile();
    const store = sqliteStore({ path, durability: "normal" });
    const timed = await aBusInTime({ store, retention: { bytes: 400_000 } });
    const reader = aConnection(path);
    const sizes: number[] = [];

    for (let round = 0; round < 12; round += 1) {
      await deliver(timed, `r${round}-`, 150, "x".repeat(2_000));
      await prunedTo(timed, (delivered) => delivered < 180);
      sizes.push(number(reader, "PRAGMA page_count"));
    }

    const early = Math.max(...sizes.slice(0, 4));
    const late = Math.max(...sizes.slice(8));
    expect(late).toBeLessThanOrEqual(early * 1.1);
    expect(await timed.bus.deliveries.stats()).toEqual(statsByScan(reader));
    expect(number(reader, "SELECT finished_bytes FROM bus_counters")).toBeLessThanOrEqual(400_000);
    reader.close();
    await timed.bus.stop();
    expect(statSync(path).size).toBeLessThanOrEqual(early * 1.1 * 4_096);
  },
  TIMEOUT_MS,
);

it(
  "gives the room of a burst back to the disk",
  async () => {
    const path = aTempFile();
    const store = sqliteStore({ path, durability: "normal" });
    const timed = await aBusInTime({ store, retention: { bytes: 100_000 }, policy: { concurrency: 200 } });
    const reader = aConnection(path);
    await deliver(timed, "e", 1_500, "x".repeat(4_000));
    const largest = number(reader, "PRAGMA page_count");

    await prunedTo(timed, (delivered) => delivered < 30);
    await eventually(
      async () => (await timed.clock.advance(MINUTE_MS), number(reader, "PRAGMA page_count")),
    ).toBeLessThan(largest / 3);
    const integrity = column(reader, "PRAGMA integrity_check");
    // The last connection to be closed writes the log back.
    reader.close();
    await timed.bus.stop();

    expect(largest).toBeGreaterThan(1_500);
    expect(statSync(path).size).toBeLessThan((largest / 3) * 4_096);
    expect(integrity).toEqual(["ok"]);
  },
  TIMEOUT_MS,
);

it("forgets what ended longer ago than its age, and keeps what did not", async () => {
  const path = aTempFile();
  const timed = await aBusInTime({ store: sqliteStore({ path }), retention: { ageMs: 10 * MINUTE_MS } });
  await deliver(timed, "old", 5);
  await timed.clock.advance(9 * MINUTE_MS);
  await deliver(timed, "new", 5);

  await timed.clock.advance(MINUTE_MS);
  await prunedTo(timed, (delivered) => delivered === 5);

  expect(eventIdsIn(path)).toEqual(idsOf(things(5, {}, "new")));
});

it("forgets nothing that is owed to somebody, whatever the bounds", async () => {
  const path = aTempFile();
  const store = sqliteStore({ path });
  const timed = await aBusInTime({ store, retention: { ageMs: 0, bytes: 0 } });
  await deliver(timed, "done", 5);
  await timed.bus.lanes.pause(HOOKS);
  await timed.bus.publishMany(things(20, "x".repeat(2_000), "owed"));

  await timed.clock.advance(60 * MINUTE_MS);
  await prunedTo(timed, (delivered) => delivered === 0);
  const kept = eventIdsIn(path);
  await timed.bus.lanes.resume(HOOKS);
  await eventually(async () => (await timed.clock.settled(), timed.delivered.length)).toBe(25);

  expect(kept).toEqual(idsOf(things(20, {}, "owed")));
  expect(timed.delivered.slice(5)).toEqual(kept);
});

it("leaves nothing of what it forgets", async () => {
  const path = aTempFile();
  const timed = await aBusInTime({ store: sqliteStore({ path }), retention: { bytes: 0 } });
  const reader = aConnection(path);
  const empty = pagesInUse(reader);
  await deliver(timed, "e", 300, "x".repeat(1_000));

  await prunedTo(timed, (delivered) => delivered === 0);

  const left = ["bus_events", "bus_deliveries", "bus_attempts", "bus_lanes"].map((table) =>
    number(reader, `SELECT count(*) FROM ${table}`),
  );
  expect(left).toEqual([0, 0, 0, 0]);
  expect(number(reader, "SELECT finished_bytes FROM bus_counters")).toBe(0);
  expect(pagesInUse(reader)).toBeLessThanOrEqual(empty + 8);
});
