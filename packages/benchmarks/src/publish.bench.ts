/**
 * How many events a second are durably published: one by one, concurrently, and many in a call?
 *
 * Every contender gets the same events of about 650 bytes and delivers none of them meanwhile. Each cell begins with an empty queue and a
 * warm-up; the order of the contenders changes from round to round; what is shown is the median of the rounds.
 */
import { newEvent, newEvents } from "./bench-event.ts";
import type { Queue } from "./contender.ts";
import { bullMqContender } from "./contenders/bullmq.ts";
import { busContender } from "./contenders/bus.ts";
import { jetStreamContender } from "./contenders/jetstream.ts";
import { pgBossContender } from "./contenders/pg-boss.ts";
import { rawSqliteContender } from "./contenders/raw-sqlite.ts";
import { lineUp, type LineUp } from "./line-up.ts";
import { markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";

const ROUNDS = 3;
const WARM_UP_MS = 500;
const MEASURED_MS = 700;

interface Way {
  readonly name: string;
  /** Events a call of `publish` takes. */
  readonly size: number;
  /** Undefined when the system has no such call. */
  publish(queue: Queue): (() => Promise<unknown>) | undefined;
}

const oneByOne: Way = {
  name: "one by one, each awaited",
  size: 1,
  publish: ({ publish, publishMany }) => {
    if (publish) return () => publish(newEvent());
    return publishMany && (() => publishMany(newEvents(1)));
  },
};

const wave = (size: number): Way => ({
  name: `concurrently, ${size} at once`,
  size,
  publish: ({ publish, publishMany }) => {
    if (publish) return () => Promise.all(newEvents(size).map(publish));
    return publishMany && (() => publishMany(newEvents(size)));
  },
});

const many = (size: number): Way => ({
  name: `many, ${size} a call`,
  size,
  publish: ({ publishMany }) => publishMany && (() => publishMany(newEvents(size))),
});

const WAYS = [oneByOne, wave(100), wave(1_000), many(100), many(1_000)];

const all = await lineUp({
  Bus: busContender,
  BullMQ: bullMqContender,
  "pg-boss": pgBossContender,
  JetStream: jetStreamContender,
  "raw SQLite": rawSqliteContender,
});
try {
  const rounds = await measure(all);
  report(all, rounds);
} finally {
  await all.close();
}

async function measure({ contenders }: LineUp): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of WAYS) {
      for (const contender of rotated(contenders, round)) {
        const queue = await contender.open();
        const publish = way.publish(queue);
        if (publish) {
          await callsDuring(WARM_UP_MS, publish);
          rounds.add(way.name, contender.name, (await callsDuring(MEASURED_MS, publish)) * way.size);
        }
        await queue.close();
      }
    }
    progress(`publish: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

/** Calls a second, of as many as begin within the time. */
async function callsDuring(ms: number, call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  let calls = 0;
  for (; performance.now() < startedAt + ms; calls++) await call();
  return (calls * 1_000) / (performance.now() - startedAt);
}

function report(line: LineUp, rounds: Rounds): void {
  const { contenders } = line;
  const peers = contenders.filter(({ part, isSynced }) => part === "peer" && isSynced);
  const rows = WAYS.map(({ name: way }) => {
    const bus = rounds.median(way, "Bus");
    const best = Math.max(...peers.map(({ name }) => rounds.median(way, name) ?? 0));
    return [
      way,
      ...contenders.map(({ name }) => rate(rounds.median(way, name))),
      ratio(bus, best > 0 ? best : undefined),
      ratio(bus, rounds.median(way, "raw SQLite")),
    ];
  });
  printSection({
    question: "Durable publish: how many events a second?",
    conditions: [
      `events of about 650 bytes of JSON, nothing delivered meanwhile; ${MEASURED_MS} ms per cell on an empty queue after ${WARM_UP_MS} ms of warm-up, median of ${ROUNDS} rounds in rotated order`,
      ...conditionsOf(line),
    ],
    tables: [
      markdownTable(
        ["events/s", ...contenders.map(({ name }) => name), "Bus ÷ best synced peer", "Bus ÷ raw SQLite"],
        rows,
      ),
    ],
  });
}
