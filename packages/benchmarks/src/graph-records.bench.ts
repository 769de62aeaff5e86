/**
 * How many records a second go from a durable store into a Kafka REST proxy, beside the one POST per record that a host would write first?
 *
 * The proxy is the stub of the testkit in a process of its own; it parses every request and answers for every record.
 */
import { lineUp, type LineUp } from "./line-up.ts";
import { gotAtOnce, gotInOrder, undiciAtOnce } from "./graph/bare-senders.ts";
import { busOneByOne, busOnGot, busOnUndici } from "./graph/bus-sender.ts";
import { startProxy } from "./graph/proxy.ts";
import type { RecordSender } from "./graph/record-sender.ts";
import { markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";

const ROUNDS = 3;
const BATCHED = 50_000;
const ONE_BY_ONE = 10_000;
const ROW = "records/s";

const all = await lineUp<RecordSender>({
  Bus: busOnGot,
  "Bus on undici": busOnUndici,
  "Bus, one by one": busOneByOne,
  "got, in order": gotInOrder,
  got: gotAtOnce,
  undici: undiciAtOnce,
});
const proxy = await startProxy();
try {
  report(all, await measure(all));
} finally {
  await proxy.close();
  await all.close();
}

async function measure({ contenders }: LineUp<RecordSender>): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const sender of rotated(contenders, round)) {
      const count = sender.name.includes("POST") ? ONE_BY_ONE : BATCHED;
      const { drain, close } = await sender.fill(proxy.url, count);
      const startedAt = performance.now();
      await drain();
      const seconds = (performance.now() - startedAt) / 1_000;
      const stored = await proxy.count();
      if (stored !== count) throw new Error(`${sender.name} stored ${stored} records in place of ${count}.`);
      rounds.add(ROW, sender.name, count / seconds);
      await close();
    }
    progress(`graph-records: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

function report(line: LineUp<RecordSender>, rounds: Rounds): void {
  const of = (name: string | undefined): number | undefined => rounds.median(ROW, name ?? "");
  const byHand = line.contenders.find(({ name }) => name.endsWith("per record, got"))?.name;
  printSection({
    question: "Records from a durable store into a Kafka REST proxy: how many a second?",
    conditions: [
      `messages whose records are about 600 bytes of JSON; the proxy is a process of its own on loopback; ${BATCHED.toLocaleString("en-US")} records a round, ${ONE_BY_ONE.toLocaleString("en-US")} where each has a POST of its own; median of ${ROUNDS} rounds in rotated order`,
      ...conditionsOf(line),
    ],
    tables: [
      markdownTable(
        ["", "records/s", `÷ ${byHand}`],
        line.contenders.map(({ name }) => [name, rate(of(name)), ratio(of(name), of(byHand))]),
      ),
    ],
  });
}
