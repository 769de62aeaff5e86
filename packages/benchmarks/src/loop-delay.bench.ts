/**
 * How much later does the host's event loop get its turn while 5,000 events a second are published and delivered?
 *
 * A timer publishes every 10 ms what is due by then, and a consumer that does nothing takes it. The delay is that of Node's own
 * `monitorEventLoopDelay` at a resolution of 1 ms; what it shows for the same process with the same timer and an idle queue is taken off.
 * Only this process is looked at: what the servers of the peers do goes on in theirs.
 */
import { monitorEventLoopDelay, type ELDHistogram } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { newEvents, type BenchEvent } from "./bench-event.ts";
import type { Contender, Queue } from "./contender.ts";
import { bullMqContender } from "./contenders/bullmq.ts";
import { busContender } from "./contenders/bus.ts";
import { jetStreamContender } from "./contenders/jetstream.ts";
import { pgBossContender } from "./contenders/pg-boss.ts";
import { lineUp, type LineUp } from "./line-up.ts";
import { decimal, markdownTable, rate } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";

const ROUNDS = 2;
const PER_SECOND = 5_000;
const TICK_MS = 10;
const WARM_UP_MS = 1_000;
const IDLE_MS = 1_500;
const LOADED_MS = 5_000;
/** A contender that is so far behind is given no more until it catches up. */
const MOST_UNANSWERED = 5_000;
const CATCH_UP_MS = 1_000;
const PERCENTILES = { p50: 50, p99: 99, "p99.9": 99.9, max: 100 } as const;

// pg-boss has another chance, as one call at a time it does not come near the load.
const all = withOneCallPerTick(
  "pg-boss",
  await lineUp({
    Bus: busContender,
    BullMQ: bullMqContender,
    "pg-boss": pgBossContender,
    JetStream: jetStreamContender,
  }),
);
try {
  report(all, await measure(all));
} finally {
  await all.close();
}

async function measure({ contenders }: LineUp): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of rotated(contenders, round)) await measureOne(contender, rounds);
    progress(`loop-delay: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

async function measureOne(contender: Contender, rounds: Rounds): Promise<void> {
  const queue = await contender.open();
  let delivered = 0;
  await queue.consume?.((count) => void (delivered += count));
  const warmUp = load(queue, WARM_UP_MS, PER_SECOND);
  await warmUp.over;
  await warmUp.answered();
  await sleep(CATCH_UP_MS);

  const idle = await delayDuring(() => load(queue, IDLE_MS, 0).over);
  const before = delivered;
  const steady = load(queue, LOADED_MS, PER_SECOND);
  const loaded = await delayDuring(() => steady.over);
  rounds.add("published/s", contender.name, (steady.acknowledged() * 1_000) / LOADED_MS);
  rounds.add("delivered/s", contender.name, ((delivered - before) * 1_000) / LOADED_MS);
  for (const [name, percentile] of Object.entries(PERCENTILES)) {
    rounds.add(`idle ${name}`, contender.name, idle.percentile(percentile) / 1e6);
    rounds.add(name, contender.name, (loaded.percentile(percentile) - idle.percentile(percentile)) / 1e6);
  }
  await steady.answered();
  await queue.close();
}

/** The same contender once more, publishing what is due at a tick in one call. */
function withOneCallPerTick(of: string, line: LineUp): LineUp {
  const contenders = line.contenders.flatMap((contender) => {
    if (contender.name !== of) return [contender];
    const open = async (): Promise<Queue> => {
      const { publish: _, ...queue } = await contender.open();
      return queue;
    };
    const conditions = "as above, but what is due at a tick is published in one call.";
    return [contender, { ...contender, name: `${of}, one call a tick`, conditions, open }];
  });
  return { ...line, contenders };
}

async function delayDuring(work: () => Promise<void>): Promise<ELDHistogram> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram;
}

interface Load {
  /** When its time is over, whatever is unanswered. */
  readonly over: Promise<void>;
  /** How many events were acknowledged so far. */
  acknowledged(): number;
  /** When all that was published is answered. @throws {Error} when any was refused. */
  answered(): Promise<void>;
}

/** Publishes steadily, whatever the delay of the timer. */
function load(queue: Queue, forMs: number, perSecond: number): Load {
  const startedAt = performance.now();
  const answers: Promise<void>[] = [];
  let given = 0;
  let acknowledged = 0;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= forMs) {
      clearInterval(timer);
      resolve();
      return;
    }
    const due = Math.floor((elapsed * perSecond) / 1_000) - given;
    const room = MOST_UNANSWERED - (given - acknowledged);
    const events = newEvents(Math.max(Math.min(due, room), 0));
    given += events.length;
    for (const { size, answer } of published(queue, events)) {
      const acknowledging = answer.then(() => void (acknowledged += size));
      // Told by `answered`, which may be asked for later than this fails.
      acknowledging.catch(() => undefined);
      answers.push(acknowledging);
    }
  }, TICK_MS);
  return { over, acknowledged: () => acknowledged, answered: async () => void (await Promise.all(answers)) };
}

/** One call for each, or one for all where there is no call for each. */
function published(
  { publish, publishMany }: Queue,
  events: readonly BenchEvent[],
): readonly { size: number; answer: Promise<unknown> }[] {
  if (publish) return events.map((event) => ({ size: 1, answer: publish(event) }));
  return publishMany && events.length > 0 ? [{ size: events.length, answer: publishMany(events) }] : [];
}

function report(line: LineUp, rounds: Rounds): void {
  const names = Object.keys(PERCENTILES);
  const rows = line.contenders.map(({ name }) => [
    name,
    rate(rounds.median("published/s", name)),
    rate(rounds.median("delivered/s", name)),
    ...names.map((percentile) =>
      decimal(percentile === "max" ? rounds.max(percentile, name) : rounds.median(percentile, name), 2),
    ),
    names.map((percentile) => decimal(rounds.median(`idle ${percentile}`, name), 2)).join(" / "),
  ]);
  printSection({
    question: "Event-loop delay: how much is added at 5,000 events a second?",
    conditions: [
      `every ${TICK_MS} ms the events then due of ${PER_SECOND.toLocaleString("en-US")} a second are published one call each, and delivered to a consumer that does nothing, for ${LOADED_MS / 1_000} s; at most ${MOST_UNANSWERED.toLocaleString("en-US")} unanswered: a contender that gets less than it should cannot keep up, and its delay is that of a lesser load`,
      `ms over the idle queue, of \`monitorEventLoopDelay({ resolution: 1 })\`; median of ${ROUNDS} rounds in rotated order, the largest of their maxima`,
      ...conditionsOf(line),
    ],
    tables: [
      markdownTable(
        ["", "published/s", "delivered/s", ...names.map((name) => `${name} added`), `idle ${names.join(" / ")}`],
        rows,
      ),
    ],
  });
}
