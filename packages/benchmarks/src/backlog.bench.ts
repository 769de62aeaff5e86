/**
 * What does a backlog of 1,000,000 deliveries cost: how much memory, and how long until the first of them goes out?
 *
 * A tenth of it is measured too: what grows with the backlog shows in the difference, what does not is the cost of delivering at full speed.
 *
 * The file is made first. Then new processes open it, one after the other: each notes its memory, starts a bus, holds the first call of its
 * sink for a while, and lets it go on delivering for a while. Between them the file is filled up to the same backlog. The file is in the
 * page cache.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { LaneStatus } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { DELIVERED_FOR_MS, HELD_FOR_MS, type BacklogOpened } from "./backlog-process.ts";
import { benchBus, LANE, noopSink } from "./bench-bus.ts";
import { CONTENT, EVENT_TYPE } from "./bench-event.ts";
import { markdownTable } from "./report/markdown-table.ts";
import { printSection, progress } from "./report/section.ts";
import { median } from "./rounds.ts";
import { removeScratch, scratchDirectory } from "./scratch-directory.ts";

const DELIVERIES = Number(process.env["BENCH_DELIVERIES"] ?? 1_000_000);
const FILLED_AT_ONCE = 1_000;
const KEYS = 1_000;
const ORDERING = process.env["BENCH_ORDERING"] === "none" ? "none" : "key";
const ROUNDS = 3;
const MEBIBYTE = 2 ** 20;

interface Backlog {
  readonly deliveries: number;
  readonly madeInMs: number;
  readonly fileBytes: number;
  readonly opened: readonly BacklogOpened[];
}

report([await measure(DELIVERIES / 10), await measure(DELIVERIES)]);

async function measure(deliveries: number): Promise<Backlog> {
  const directory = scratchDirectory();
  const path = join(directory, "backlog.db");
  const startedAt = performance.now();
  await fill(path, deliveries);
  const madeInMs = performance.now() - startedAt;
  const fileBytes = statSync(path).size;
  progress(`backlog of ${deliveries}: made in ${Math.round(madeInMs)} ms`);
  const opened: BacklogOpened[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await fill(path, deliveries);
    opened.push(await openInProcess(path));
    progress(`backlog of ${deliveries}: round ${round + 1} of ${ROUNDS}`);
  }
  removeScratch(directory);
  return { deliveries, madeInMs, fileBytes, opened };
}

/** Publishes into a disabled lane until the backlog is whole, and leaves the lane at work. */
async function fill(path: string, deliveries: number): Promise<void> {
  const bus = benchBus({ path, policy: { ordering: ORDERING }, sink: noopSink(1) });
  await setLane(path, { state: "disabled", reason: "filling" });
  await bus.start();
  const { pending, leased } = await bus.deliveries.stats();
  for (let held = pending + leased; held < deliveries; held += FILLED_AT_ONCE) {
    const count = Math.min(FILLED_AT_ONCE, deliveries - held);
    const data = { content: CONTENT };
    await bus.publishMany(
      Array.from({ length: count }, (_, index) => ({ type: EVENT_TYPE, data, key: `key-${index % KEYS}` })),
    );
  }
  await bus.stop();
  await setLane(path, { state: "active" });
}

/** Through the store: a started bus would deliver at once. */
async function setLane(path: string, status: LaneStatus): Promise<void> {
  const store = sqliteStore({ path });
  await store.open();
  await store.setLane(LANE, status);
  await store.close();
}

async function openInProcess(path: string): Promise<BacklogOpened> {
  const script = fileURLToPath(new URL("backlog-process.ts", import.meta.url));
  const args = ["--expose-gc", script, path, ORDERING, String(Date.now())];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`The process with the backlog ended with ${String(code)}.`);
  return JSON.parse(output) as BacklogOpened;
}

function report(made: readonly Backlog[]): void {
  const of = ({ opened }: Backlog, figure: keyof BacklogOpened): number =>
    median(opened.map((one) => one[figure])) ?? 0;
  const worst = ({ opened }: Backlog, figure: keyof BacklogOpened): number =>
    Math.max(...opened.map((one) => one[figure]));
  const mebibytes = (bytes: number): string => (bytes / MEBIBYTE).toFixed(1);
  const cells = (backlog: Backlog, figure: keyof BacklogOpened, show: (value: number) => string): string =>
    `${show(of(backlog, figure))} (${show(worst(backlog, figure))})`;
  const whole = (value: number): string => value.toFixed(0);
  const rows: readonly (readonly [string, (backlog: Backlog) => string])[] = [
    ["RSS before, MiB", (backlog) => cells(backlog, "rssBefore", mebibytes)],
    ["RSS growth after start, nothing delivered yet, MiB", (backlog) => cells(backlog, "growthHeld", mebibytes)],
    ["RSS growth while delivering, largest seen, MiB", (backlog) => cells(backlog, "growthDelivering", mebibytes)],
    ["of it V8's heap, garbage included, MiB", (backlog) => cells(backlog, "heapGrowthDelivering", mebibytes)],
    ["of it alive after a collection, MiB", (backlog) => cells(backlog, "liveGrowthDelivering", mebibytes)],
    ["from `bus.start()` to the first delivery, ms", (backlog) => cells(backlog, "startToFirstMs", whole)],
    ["from the start of the process to the first delivery, ms", (backlog) => cells(backlog, "processToFirstMs", whole)],
    ["delivered meanwhile, per second", (backlog) => cells(backlog, "deliveredPerSecond", whole)],
    ["size of the file, MiB", ({ fileBytes }) => mebibytes(fileBytes)],
    ["making it took, s", ({ madeInMs }) => (madeInMs / 1_000).toFixed(1)],
  ];
  printSection({
    question: `A backlog of ${DELIVERIES.toLocaleString("en-US")} deliveries: how much memory, how long until the first?`,
    conditions: [
      `events of about 650 bytes of JSON with ${KEYS.toLocaleString("en-US")} keys, one delivery each under ordering "${ORDERING}", in one file in the page cache, published ${FILLED_AT_ONCE.toLocaleString("en-US")} a call`,
      `a new process per round, RSS taken after a garbage collection and before the file is opened; its sink takes batches of 100 and holds the first calls for ${HELD_FOR_MS} ms, then delivers for ${DELIVERED_FOR_MS} ms`,
      `median of ${ROUNDS} rounds, the largest in brackets`,
    ],
    tables: [
      markdownTable(
        ["", ...made.map(({ deliveries }) => deliveries.toLocaleString("en-US"))],
        rows.map(([name, cell]) => [name, ...made.map(cell)]),
      ),
    ],
  });
}
