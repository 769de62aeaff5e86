/**
 * What does one hung endpoint, with 10,000 events waiting for it, cost the 99 others?
 *
 * Every endpoint belongs to an account of its own. The same load is given twice: with the 100th endpoint idle, and with it hung, when each
 * attempt at it holds a connection until its deadline. First the 99 others get a steady load, and the time from publish to arrival is taken;
 * then as much as they take.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeliveredCount } from "./delivered-count.ts";
import { percentile } from "./percentile.ts";
import { decimal, markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";
import { removeScratch, scratchDirectory } from "./scratch-directory.ts";
import { benchWebhooks, type WebhooksBus } from "./webhooks/bench-webhooks.ts";
import { messageAt } from "./webhooks/message.ts";
import { startReceiver, type Receiver } from "./webhooks/receiver.ts";

const ROUNDS = 3;
const ENDPOINTS = 100;
const HUNG = ENDPOINTS;
const WAITING = 10_000;
const DEADLINE_MS = 3_000;
const PER_SECOND = 500;
const TICK_MS = 10;
const STEADY_MS = 10_000;
const AT_FULL_SPEED = 9_900;
const PUBLISHED_AT_ONCE = 99;
const MOST_UNFINISHED = 990;
const SCENARIOS = ["all well", "one hung"] as const;

const receiver = await startReceiver();
const rounds = new Rounds();
for (let round = 0; round < ROUNDS; round++) {
  for (const scenario of rotated(SCENARIOS, round)) await measure(scenario);
  progress(`webhook-fairness: round ${round + 1} of ${ROUNDS}`);
}
await receiver.close();
report();

async function measure(scenario: (typeof SCENARIOS)[number]): Promise<void> {
  const directory = scratchDirectory();
  const bus = benchWebhooks({ path: join(directory, "bus.db") });
  await bus.start();
  await register(bus, receiver);
  const { hanging: before } = await receiver.report();
  if (scenario === "one hung") await publishToHung(bus);

  await steadyLoad(bus);
  const { latenciesMs } = await receiver.report();
  for (const [name, share] of Object.entries({ p50: 50, p99: 99, max: 100 }))
    rounds.add(name, scenario, percentile(latenciesMs, share));
  rounds.add("arrived/s", scenario, await fullSpeed(bus));
  const { hanging } = await receiver.report();
  rounds.add("attempts at the hung one", scenario, hanging - before);
  await bus.stop();
  removeScratch(directory);
}

async function register(bus: WebhooksBus, { origin }: Receiver): Promise<void> {
  const { webhooks } = bus.sinks.hooks;
  for (let accountId = 1; accountId <= ENDPOINTS; accountId++) {
    const url = `${origin}/${accountId === HUNG ? "hang" : "ok"}/${accountId}`;
    await webhooks.create({ accountId, url, deadlineMs: DEADLINE_MS });
  }
}

/** Ends when all of it waits for the endpoint. */
async function publishToHung(bus: WebhooksBus): Promise<void> {
  for (let published = 0; published < WAITING; published += 1_000)
    await Promise.all(Array.from({ length: 1_000 }, () => bus.publish("message.created", messageAt(HUNG))));
  const waiting = async (): Promise<number> =>
    (await bus.lanes.list()).find(({ destination }) => destination === String(HUNG))?.unfinished ?? 0;
  while ((await waiting()) < WAITING) await sleep(TICK_MS);
}

/** Publishes what is due every few ms, whatever became of the last, and waits until all has arrived. */
async function steadyLoad(bus: WebhooksBus): Promise<void> {
  const arrivals = new DeliveredCount(bus);
  const startedAt = performance.now();
  let given = 0;
  for (let elapsed = 0; elapsed < STEADY_MS; elapsed = performance.now() - startedAt) {
    const due = Math.floor((elapsed * PER_SECOND) / 1_000) - given;
    await Promise.all(Array.from({ length: due }, () => publishToNext(bus, given++)));
    await sleep(TICK_MS);
  }
  await arrivals.reach(given);
  arrivals.end();
}

/** Events a second that arrive when as many are published as are taken. */
async function fullSpeed(bus: WebhooksBus): Promise<number> {
  const arrivals = new DeliveredCount(bus);
  const startedAt = performance.now();
  for (let published = 0; published < AT_FULL_SPEED; published += PUBLISHED_AT_ONCE) {
    await arrivals.reach(published - MOST_UNFINISHED);
    await Promise.all(Array.from({ length: PUBLISHED_AT_ONCE }, (_, index) => publishToNext(bus, published + index)));
  }
  await arrivals.reach(AT_FULL_SPEED);
  arrivals.end();
  return (AT_FULL_SPEED * 1_000) / (performance.now() - startedAt);
}

async function publishToNext(bus: WebhooksBus, index: number): Promise<void> {
  await bus.publish("message.created", messageAt((index % (ENDPOINTS - 1)) + 1));
}

function report(): void {
  const [well, hung] = SCENARIOS;
  const rows = [
    ["steady load: publish to arrival, p50, ms", "p50", (value?: number) => decimal(value, 1)],
    ["steady load: publish to arrival, p99, ms", "p99", (value?: number) => decimal(value, 1)],
    ["steady load: publish to arrival, largest, ms", "max", (value?: number) => decimal(value, 1)],
    ["full speed: arrived a second", "arrived/s", rate],
    ["attempts at the hung endpoint", "attempts at the hung one", (value?: number) => decimal(value, 0)],
  ] as const;
  printSection({
    question: `${ENDPOINTS} endpoints, one of them hung: what do the others notice?`,
    conditions: [
      `${ENDPOINTS} registered webhooks, one per account, on \`sqliteStore\`, default policy and transport, a deadline of ${DEADLINE_MS / 1_000} s; the receiver is a process of its own that answers 204 at once`,
      `hung: ${WAITING.toLocaleString("en-US")} events wait for the ${HUNG}th endpoint when the load begins, and it never answers`,
      `steady load: ${PER_SECOND} events a second to the other ${ENDPOINTS - 1} in turn for ${STEADY_MS / 1_000} s; full speed: ${AT_FULL_SPEED.toLocaleString("en-US")} events, ${PUBLISHED_AT_ONCE} published at a time, at most ${MOST_UNFINISHED} unfinished`,
      `median of ${ROUNDS} rounds in rotated order`,
    ],
    tables: [
      markdownTable(
        ["", well, hung, "hung ÷ well"],
        rows.map(([title, row, show]) => [
          title,
          show(rounds.median(row, well)),
          show(rounds.median(row, hung)),
          row.startsWith("attempts") ? "–" : ratio(rounds.median(row, hung), rounds.median(row, well)),
        ]),
      ),
    ],
  });
}
