/**
 * How many pushes of a knowledge graph a second are taken into a durable store, and how long does the graph wait for its answer?
 *
 * The graph is a process of its own. A server that keeps nothing shows what of it is HTTP.
 */
import { startPusher } from "./graph/pusher.ts";
import { bareServer, busPushes, TOKEN, type PushTaker } from "./graph/push-takers.ts";
import { lineUp, type LineUp } from "./line-up.ts";
import { decimal, markdownTable, rate } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";
import { percentile } from "./percentile.ts";

const ROUNDS = 3;
const LOADS = [
  { name: "one event a push, one at a time", events: 1, atOnce: 1, pushes: 1_000 },
  { name: "one event a push, 32 at a time", events: 1, atOnce: 32, pushes: 10_000 },
  { name: "100 events a push, 8 at a time", events: 100, atOnce: 8, pushes: 400 },
] as const;

const all = await lineUp<PushTaker>({ Bus: busPushes, bare: bareServer });
const pusher = await startPusher();
try {
  report(all, await measure(all));
} finally {
  await pusher.close();
  await all.close();
}

async function measure({ contenders }: LineUp<PushTaker>): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const taker of rotated(contenders, round)) {
      const { url, close } = await taker.open();
      for (const { name, ...load } of LOADS) {
        await pusher.push({ url, token: TOKEN, ...load, pushes: load.pushes / 10 });
        const { seconds, latenciesMs } = await pusher.push({ url, token: TOKEN, ...load });
        rounds.add(`${name}, pushes/s`, taker.name, load.pushes / seconds);
        rounds.add(`${name}, p50`, taker.name, percentile(latenciesMs, 50));
        rounds.add(`${name}, p95`, taker.name, percentile(latenciesMs, 95));
      }
      await close();
    }
    progress(`graph-pushes: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

function report(line: LineUp<PushTaker>, rounds: Rounds): void {
  const rows = LOADS.flatMap(({ name, events }) =>
    line.contenders.map((taker) => {
      const pushes = rounds.median(`${name}, pushes/s`, taker.name);
      const latency = (share: string): string => decimal(rounds.median(`${name}, ${share}`, taker.name), 1);
      return [`${name}: ${taker.name}`, rate(pushes), rate(pushes && pushes * events), latency("p50"), latency("p95")];
    }),
  );
  printSection({
    question: "Pushes into a durable store: how many a second, and how long is the wait for the answer?",
    conditions: [
      `events of type user_tags with two tags, about 170 bytes each, no two the same; the graph is a process of its own on loopback; median of ${ROUNDS} rounds in rotated order, each after a tenth of it as warm-up`,
      ...conditionsOf(line),
    ],
    tables: [markdownTable(["", "pushes/s", "events/s", "p50 ms", "p95 ms"], rows)],
  });
}
