import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LaneId, Store } from "@bus/core";
import { expect, it, onTestFinished } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aChild } from "./a-child.ts";
import { aTempFile } from "./a-temp-file.ts";

const LANE: LaneId = { sink: "hooks", destination: "default" };
const COUNT = 50_000;
const DEAD = COUNT / 5;
const PAGES = COUNT / 500;

it("redelivers 50,000 events once each though it is killed half-way", { timeout: 60_000 }, async () => {
  const path = aTempFile();
  const log = join(dirname(path), "received.log");
  await fill(path);

  const killed = aChild("replaying", [path, log, String(PAGES / 2)]);
  const exitCode = await killed.ended;
  const receivedAtFirst = linesOf(log).length;
  const next = aChild("replaying", [path, log]);
  const stats = await next.tells("done");

  expect(exitCode).toBe(null);
  expect(receivedAtFirst).toBe(COUNT / 2);
  expect(linesOf(log).toSorted()).toEqual(idsFrom(0, COUNT).toSorted());
  expect(stats).toMatchObject({ delivered: COUNT, dead: 0, pending: 0, leased: 0 });
});

it("fixes the end of a replay before its first page", async () => {
  const store = await anOpenStore(aTempFile());
  await addEnded(store, idsFrom(0, 10));
  const now = Date.now();

  const { cursor, ...none } = await store.replay({ sink: "hooks" }, { limit: 0, now });
  await addEnded(store, idsFrom(10, 20));
  const first = await store.replay({ sink: "hooks" }, { limit: 6, cursor, now });
  await endAll(store);
  const repeated = await store.replay({ sink: "hooks" }, { limit: 20, cursor, now });
  const { pending } = await store.stats();
  await endAll(store);
  const again = await store.replay({ sink: "hooks" }, { limit: 20, cursor, now });

  expect(none).toEqual({ count: 0, lanes: [] });
  expect(first.count).toBe(6);
  expect(repeated.count).toBe(4);
  expect(pending).toBe(4);
  expect(again).toEqual({ count: 0, lanes: [] });
});

it("has no page to begin with when nothing has arrived", async () => {
  const store = await anOpenStore(aTempFile());

  const page = await store.replay({ sink: "hooks" }, { limit: 0, now: Date.now() });

  expect(page).toEqual({ count: 0, lanes: [] });
});

/** A file with events that are delivered, or dead. */
async function fill(path: string): Promise<void> {
  const store = sqliteStore({ path });
  await store.open();
  for (let from = 0; from < COUNT; from += 1_000) await addEnded(store, idsFrom(from, from + 1_000));
  expect(await store.stats()).toMatchObject({ delivered: COUNT - DEAD, dead: DEAD, pending: 0, leased: 0 });
  await store.close();
}

async function anOpenStore(path: string): Promise<Store> {
  const store = sqliteStore({ path });
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

async function addEnded(store: Store, ids: readonly string[]): Promise<void> {
  const now = Date.now();
  const time = new Date(now).toISOString();
  const entries = ids.map((id) => ({
    event: { id, type: "thing.done", source: "test", time, data: JSON.stringify({ id }) },
    deliveries: [{ ...LANE, id: `to-${id}` }],
  }));
  await store.append(entries, { maxBacklog: Infinity, now });
  await endAll(store);
}

/** Every fifth event is a dead letter. */
async function endAll(store: Store): Promise<void> {
  const now = Date.now();
  const { deliveries } = await store.lease({ lane: LANE, limit: 1_000, perKey: 1, now, until: now + 60_000 });
  const settlements = deliveries.map(({ id, leaseId, event }) => ({
    id,
    leaseId,
    state: Number(event.id.slice(1)) % 5 === 0 ? ("dead" as const) : ("delivered" as const),
  }));
  await store.settle(settlements, now);
}

function idsFrom(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `e${from + index}`);
}

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").trimEnd().split("\n");
}
