/**
 * What do 10,000 registered webhooks cost when 100 of them are active, beside 100 registered ones that all are?
 *
 * The webhooks are registered first, one per account. Then new processes open the file, one after the other: each notes its memory, starts a
 * bus, and publishes for the same 100 accounts until all is delivered.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { decimal, markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";
import { removeScratch, scratchDirectory } from "./scratch-directory.ts";
import { benchWebhooks } from "./webhooks/bench-webhooks.ts";
import type { EndpointsServed } from "./webhooks/endpoints-process.ts";
import { startReceiver, type Receiver } from "./webhooks/receiver.ts";

const ROUNDS = 3;
const ACTIVE = 100;
const REGISTERED = [ACTIVE, 10_000];
const MEBIBYTE = 2 ** 20;

const directory = scratchDirectory();
const receiver = await startReceiver();
const rounds = new Rounds();
for (const registered of REGISTERED)
  rounds.add("registered/s", nameOf(registered), await register(registered, receiver));
for (let round = 0; round < ROUNDS; round++) {
  for (const registered of rotated(REGISTERED, round)) {
    const served = await serve(registered, round);
    for (const [figure, value] of Object.entries(served)) rounds.add(figure, nameOf(registered), value);
  }
  progress(`webhook-endpoints: round ${round + 1} of ${ROUNDS}`);
}
await receiver.close();
removeScratch(directory);
report();

/** Webhooks a second. */
async function register(count: number, { origin }: Receiver): Promise<number> {
  const bus = benchWebhooks({ path: fileOf(count) });
  await bus.start();
  const { webhooks } = bus.sinks.hooks;
  const startedAt = performance.now();
  for (let accountId = 1; accountId <= count; accountId++)
    await webhooks.create({ accountId, url: `${origin}/ok/${accountId}` });
  const perSecond = (count * 1_000) / (performance.now() - startedAt);
  await bus.stop();
  return perSecond;
}

/** Of a copy: what one round published must not be there in the next. */
async function serve(registered: number, round: number): Promise<EndpointsServed> {
  const path = fileOf(`${registered}-${round}`);
  copyFileSync(fileOf(registered), path);
  const script = fileURLToPath(new URL("webhooks/endpoints-process.ts", import.meta.url));
  const args = ["--expose-gc", script, path, String(ACTIVE)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`The process with ${registered} webhooks ended with ${String(code)}.`);
  return JSON.parse(output) as EndpointsServed;
}

function fileOf(name: string | number): string {
  return join(directory, `${name}.db`);
}

function nameOf(registered: number): string {
  return `${registered.toLocaleString("en-US")} registered`;
}

function report(): void {
  const [few = "", many = ""] = REGISTERED.map(nameOf);
  const mebibytes = (value?: number): string => decimal(value === undefined ? undefined : value / MEBIBYTE, 1);
  const whole = (value?: number): string => decimal(value, 0);
  const rows = [
    ["publish while delivering, µs an event", "publishMicroseconds", whole],
    ["delivered a second", "deliveredPerSecond", rate],
    ["RSS growth while delivering, MiB", "rssGrowthBusy", mebibytes],
    ["heap growth when all is delivered, after a collection, MiB", "heapGrowthAfter", mebibytes],
    ["heap growth after start, after a collection, MiB", "heapGrowthIdle", mebibytes],
    ["RSS growth after start, MiB", "rssGrowthIdle", mebibytes],
    ["start, ms", "startMs", whole],
    ["registering, a second", "registered/s", rate],
  ] as const;
  printSection({
    question: "10,000 webhooks, 1 % of them active: what do the idle ones cost?",
    conditions: [
      `one webhook per account on \`sqliteStore\`; events for the first ${ACTIVE} accounts in turn, published 100 at a time, delivered with the default policy and transport to a receiver in a process of its own`,
      `a new process per round; median of ${ROUNDS} rounds in rotated order`,
    ],
    tables: [
      markdownTable(
        ["", few, many, "many ÷ few"],
        rows.map(([title, row, show]) => [
          title,
          show(rounds.median(row, few)),
          show(rounds.median(row, many)),
          ratio(rounds.median(row, many), rounds.median(row, few)),
        ]),
      ),
    ],
  });
}
