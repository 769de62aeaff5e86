import { spawnSync } from "node:child_process";
import { delivered } from "@bus/core";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/index.ts";
import { aBusInTime, aStartedBus, idsOf, things } from "../a-bus.ts";
import { aChild } from "../a-child.ts";
import { aHostConnection, column, eventIdsIn } from "../a-connection.ts";
import { aTempFile } from "../a-temp-file.ts";
import { codesOf, messagesOf, rejectionOf } from "../error-codes.ts";
import { eventually } from "../eventually.ts";
import { aGate } from "../gate.ts";

const SECRET = "tk-51f0e1c4";
const KILOBYTES = { token: SECRET, text: "x".repeat(4_000) };

/** A file that cannot grow beyond so many pages of 4 KiB, until `makeRoom`. */
function aBoundedFile(pages: number) {
  const path = aTempFile();
  const database = aHostConnection(path);
  database.pragma(`max_page_count = ${pages}`);
  return { path, database, makeRoom: () => void database.pragma("max_page_count = 1000000") };
}

/** Publishes until it is refused. */
async function fill(bus: Awaited<ReturnType<typeof aStartedBus>>["bus"], prefix: string) {
  const acknowledged: string[] = [];
  for (let index = 0; index < 10_000; index += 1) {
    const id = `${prefix}${index}`;
    const error = await rejectionOf(bus.publish("thing.done", KILOBYTES, { id }));
    if (error !== undefined) return { acknowledged, refused: id, error };
    acknowledged.push(id);
  }
  throw new Error("The file took everything.");
}

it("refuses what finds no room, keeps what it acknowledged, and goes on when there is room", async () => {
  const { path, database, makeRoom } = aBoundedFile(60);
  const { bus, delivered: settled } = await aStartedBus({ store: sqliteStore({ database }) });

  const { acknowledged, refused, error } = await fill(bus, "e");
  const stillRefused = await rejectionOf(bus.publish("thing.done", KILOBYTES, { id: "still" }));
  makeRoom();
  await bus.publish("thing.done", KILOBYTES, { id: refused });

  expect(codesOf(error)[0]).toBe("BUS_STORE_FULL");
  expect(codesOf(stillRefused)[0]).toBe("BUS_STORE_FULL");
  expect(messagesOf(error)).not.toContain(SECRET);
  expect(acknowledged.length).toBeGreaterThan(5);
  await eventually(() => settled.toSorted()).toEqual([...acknowledged, refused].toSorted());
  await bus.stop();
  expect(eventIdsIn(path)).toEqual([...acknowledged, refused]);
});

it("refuses of several publishes of one turn only those that find no room", async () => {
  const { path, database } = aBoundedFile(60);
  const store = sqliteStore({ database });
  await store.open();
  const append = (id: string, size: number) =>
    store.append(
      [
        {
          event: { id, type: "thing.done", source: "test", time: new Date(0).toISOString(), data: "x".repeat(size) },
          deliveries: [],
        },
      ],
      { maxBacklog: 1_000, now: 0 },
    );

  const answers = await Promise.allSettled([
    append("a", 10),
    append("b", 500_000),
    append("c", 10),
    append("d", 500_000),
  ]);

  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
  await store.close();
  expect(eventIdsIn(path)).toEqual(["a", "c"]);
});

it("settles later what it could not settle, without sending it again", async () => {
  const { database, makeRoom } = aBoundedFile(200);
  const gate = aGate(delivered({ detail: "x".repeat(500) }));
  const policy = { concurrency: 500, prefetch: 500 };
  const {
    bus,
    clock,
    received,
    delivered: settled,
    errors,
  } = await aBusInTime({
    store: sqliteStore({ database }),
    deliver: gate.deliver,
    policy,
  });
  await bus.publishMany(things(300));
  await eventually(() => received.length).toBe(300);
  database.pragma(`max_page_count = ${String(column(database, "PRAGMA page_count")[0])}`);

  gate.open();
  await eventually(() => errors.length).toBeGreaterThan(0);
  const settledWhileFull = settled.length;
  makeRoom();
  await eventually(async () => (await clock.advance(100), settled.length)).toBe(300);

  expect(settledWhileFull).toBe(0);
  expect(new Set(errors.flatMap(codesOf))).toEqual(new Set(["BUS_STORE_FAILED", "BUS_STORE_FULL"]));
  expect(received.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 300 }, () => 1));
  expect(await bus.deliveries.stats()).toMatchObject({ delivered: 300, leased: 0, pending: 0 });
});

const SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount"];
const canMount =
  spawnSync(SMALL_DISK[0] ?? "", [...SMALL_DISK.slice(1), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

it.skipIf(!canMount)("does the same on a real disk that is full", async () => {
  const directory = aTempFile("disk");

  const child = aChild("on-a-full-disk", [directory], SMALL_DISK);

  const told = (await child.tells("summary")) as Record<string, never>;
  expect(told).toMatchObject({
    codes: ["BUS_STORE_FULL"],
    wasAcknowledged: true,
    backgroundCodes: ["BUS_STORE_FAILED", "BUS_STORE_FULL"],
    stored: idsOf(told["published"] ?? []),
    missing: [],
  });
});
