import type { LineUp } from "../line-up.ts";
import { markdownTable, rate, ratio } from "../report/markdown-table.ts";
import { conditionsOf, printSection, progress } from "../report/section.ts";
import { rotated, Rounds } from "../rounds.ts";
import { startCountingServer, type CountingServer } from "./counting-server.ts";
import type { Sender } from "./sender.ts";

export interface SendersMeasured {
  readonly question: string;
  /** What is sent, and to what. */
  readonly condition: string;
  /** For the table: `records`. */
  readonly unit: string;
  /** The service's: see `startCountingServer`. */
  readonly script: URL;
  readonly line: LineUp<Sender>;
  /** To whose rate the others are compared. */
  readonly yardstick: string;
}

const ROUNDS = 3;
const BATCHED = 50_000;
/** Of those that send a request for each. */
const ONE_BY_ONE = 10_000;

/** How much a second each gets to the service, in rounds of rotated order. Prints the section; the line-up is closed in the end. */
export async function measureSenders(measured: SendersMeasured): Promise<void> {
  const server = await startCountingServer(measured.script);
  try {
    report(measured, await measure(measured, server));
  } finally {
    await server.close();
    await measured.line.close();
  }
}

async function measure({ line, unit }: SendersMeasured, server: CountingServer): Promise<Rounds> {
  const rounds = new Rounds();
  for (let round = 0; round < ROUNDS; round++) {
    for (const sender of rotated(line.contenders, round)) {
      const count = sender.isOneByOne ? ONE_BY_ONE : BATCHED;
      const { drain, close } = await sender.fill(server.url, count);
      const startedAt = performance.now();
      await drain();
      const seconds = (performance.now() - startedAt) / 1_000;
      const taken = await server.count();
      if (taken !== count) throw new Error(`${sender.name} sent ${taken} ${unit} in place of ${count}.`);
      rounds.add(unit, sender.name, count / seconds);
      await close();
    }
    progress(`${unit}: round ${round + 1} of ${ROUNDS}`);
  }
  return rounds;
}

function report({ question, condition, unit, line, yardstick }: SendersMeasured, rounds: Rounds): void {
  const of = (name: string): number | undefined => rounds.median(unit, name);
  const thousands = (count: number): string => count.toLocaleString("en-US");
  printSection({
    question,
    conditions: [
      `${condition} on loopback; ${thousands(BATCHED)} ${unit} a round, ${thousands(ONE_BY_ONE)} where each has a request of its own; median of ${ROUNDS} rounds in rotated order`,
      ...conditionsOf(line),
    ],
    tables: [
      markdownTable(
        ["", `${unit}/s`, `÷ ${yardstick}`],
        line.contenders.map(({ name }) => [name, rate(of(name)), ratio(of(name), of(yardstick))]),
      ),
    ],
  });
}
