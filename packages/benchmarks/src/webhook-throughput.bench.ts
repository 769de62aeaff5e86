/**
 * How many webhooks a second go from a durable publish through a signed POST to a noted outcome, beside bare HTTP clients and the queue a
 * host would write by hand?
 *
 * The receiver is a process of its own that answers 204 at once. Every sender keeps the same number of requests under way. The bare clients
 * do nothing but post one prepared body: they show what the client itself allows.
 */
import { lineUp, type LineUp } from "./line-up.ts";
import { markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";
import { startReceiver } from "./webhooks/receiver.ts";
import { bareGot, bareNodeHttp, bareUndici } from "./webhooks/senders/bare-clients.ts";
import { bullMqAndGot } from "./webhooks/senders/bullmq-got.ts";
import { busOnGot, busOnUndici } from "./webhooks/senders/bus-sender.ts";
import { IN_FLIGHT, type Sender } from "./webhooks/senders/sender.ts";
import { onlyGotTransport, onlyUndiciTransport } from "./webhooks/senders/transports.ts";

const ROUNDS = 3;
const WARM_UP = 3_000;
const MEASURED = 10_000;

const all = await lineUp<Sender>({
  Bus: busOnGot,
  "Bus on undici": busOnUndici,
  "gotTransport alone": onlyGotTransport,
  "undiciTransport alone": onlyUndiciTransport,
  "bare got": bareGot,
  "bare node:http": bareNodeHttp,
  "bare undici": bareUndici,
  "BullMQ + got": bullMqAndGot,
});
const receiver = await startReceiver();
try {
  report(all, await measure(all));
} finally {
  await receiver.close();
  await all.close();
}

async function measure({ contenders }: LineUp<Sender>): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const sender of rotated(contenders, round)) {
      const end = await sender.open(`${receiver.origin}/webhooks`);
      await end.send(WARM_UP);
      await receiver.report();
      const startedAt = performance.now();
      await end.send(MEASURED);
      const seconds = (performance.now() - startedAt) / 1_000;
      const { count } = await receiver.report();
      if (count !== MEASURED) throw new Error(`${sender.name} sent ${count} requests in place of ${MEASURED}.`);
      rounds.add("webhooks/s", sender.name, MEASURED / seconds);
      await end.close();
    }
    progress(`webhook-throughput: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

function report(line: LineUp<Sender>, rounds: Rounds): void {
  const of = (name: string): number | undefined => rounds.median("webhooks/s", name);
  printSection({
    question: "Webhooks from a durable publish to a noted outcome: how many a second?",
    conditions: [
      `the message of the contract's fixture, about 3 KB of JSON, to one URL on loopback whose server is a process of its own; ${IN_FLIGHT} requests under way; ${MEASURED.toLocaleString("en-US")} webhooks after ${WARM_UP.toLocaleString("en-US")} of warm-up, median of ${ROUNDS} rounds in rotated order`,
      ...conditionsOf(line),
    ],
    tables: [
      markdownTable(
        ["", "webhooks/s", "÷ bare got", "÷ bare undici"],
        line.contenders.map(({ name }) => [
          name,
          rate(of(name)),
          ratio(of(name), of("bare got")),
          ratio(of(name), of("bare undici")),
        ]),
      ),
    ],
  });
}
