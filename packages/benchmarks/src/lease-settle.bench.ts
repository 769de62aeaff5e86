/**
 * How many events a second go through lease, delivery to a sink that does nothing, and settlement?
 *
 * Every contender first takes a backlog, then delivers all of it; only the delivery is timed, up to the last settlement. The order of the
 * contenders changes from round to round; what is shown is the median of the rounds.
 */
import { newEvents } from "./bench-event.ts";
import type { Contender, Queue } from "./contender.ts";
import { bullMqContender } from "./contenders/bullmq.ts";
import { busContender } from "./contenders/bus.ts";
import { jetStreamContender } from "./contenders/jetstream.ts";
import { pgBossContender } from "./contenders/pg-boss.ts";
import { lineUp, type LineUp } from "./line-up.ts";
import { markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";

const ROUNDS = 3;
const BACKLOG = Number(process.env["BENCH_BACKLOG"] ?? 40_000);
const FILLED_AT_ONCE = 1_000;
const ROW = "events/s";

const bus = {
  unordered: "Bus, no order",
  keyed: "Bus, key order",
  single: "Bus, one at a time",
} as const;

const all = await lineUp({
  [bus.unordered]: () => busContender({ name: bus.unordered, policy: { ordering: "none" } }),
  [bus.keyed]: () => busContender({ name: bus.keyed, policy: { ordering: "key" }, keys: 1_000 }),
  [bus.single]: () => busContender({ name: bus.single, policy: { ordering: "none", concurrency: 100 }, maxItems: 1 }),
  BullMQ: bullMqContender,
  "pg-boss": pgBossContender,
  JetStream: jetStreamContender,
});
try {
  report(all, await measure(all));
} finally {
  await all.close();
}

async function measure({ contenders }: LineUp): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of rotated(contenders, round)) rounds.add(ROW, contender.name, await drained(contender));
    progress(`lease-settle: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

/** Events settled a second. */
async function drained(contender: Contender): Promise<number> {
  const queue = await contender.open();
  await fill(queue);
  const { promise, resolve } = Promise.withResolvers<void>();
  let settled = 0;
  const startedAt = performance.now();
  await queue.consume?.((count) => {
    settled += count;
    if (settled >= BACKLOG) resolve();
  });
  await promise;
  const took = performance.now() - startedAt;
  await queue.close();
  return (settled * 1_000) / took;
}

async function fill({ publish, publishMany }: Queue): Promise<void> {
  for (let filled = 0; filled < BACKLOG; filled += FILLED_AT_ONCE) {
    const events = newEvents(Math.min(FILLED_AT_ONCE, BACKLOG - filled));
    if (publishMany) await publishMany(events);
    else if (publish) await Promise.all(events.map(publish));
  }
}

function report(line: LineUp, rounds: Rounds): void {
  const rows = line.contenders.map(({ name }) => {
    const value = rounds.median(ROW, name);
    return [name, rate(value), ratio(rounds.median(ROW, bus.unordered), value)];
  });
  printSection({
    question: "Lease and settle: how many deliveries a second?",
    conditions: [
      `a backlog of ${BACKLOG.toLocaleString("en-US")} events of about 650 bytes of JSON, each handed to a consumer that does nothing, and settled; median of ${ROUNDS} rounds in rotated order`,
      ...conditionsOf(line),
    ],
    tables: [markdownTable(["", "deliveries/s", `${bus.unordered} ÷ it`], rows)],
  });
}
