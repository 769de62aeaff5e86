/**
 * What does it cost to publish to 1, 3 and 10 listeners in this process?
 *
 * Every call is awaited, and each listener counts, synchronously. EventEmitter2, emittery, hookable and moleculer would wait for async listeners; the bus
 * lets them run on, as bare emitters do. Only the bus makes an event of the data (id, time, source, cause) and keeps its listeners apart from
 * each other's failures. Each round gives every contender some ten thousands of calls, in short turns that rotate, after a warm-up; what is shown is the
 * median of the rounds.
 */
import { awaitedEmitters } from "./dispatch/awaited-emitters.ts";
import { bareEmitters } from "./dispatch/bare-emitters.ts";
import { busDispatchers } from "./dispatch/bus-dispatchers.ts";
import type { Dispatcher, OpenDispatcher } from "./dispatch/dispatcher.ts";
import { MESSAGE } from "./dispatch/message.ts";
import { markdownTable, rate, ratio } from "./report/markdown-table.ts";
import { printSection, progress } from "./report/section.ts";
import { rotated, Rounds } from "./rounds.ts";

const ROUNDS = 15;
const WARM_UP_MS = 300;
const TURN_MS = 60;
const LISTENERS = [1, 3, 10];

/** Which the bus is compared with, and how. */
const AIMS: readonly { readonly name: string; readonly aim: string }[] = [
  { name: "EventEmitter2 emitAsync", aim: "at most as costly" },
  { name: "emittery", aim: "three times as fast" },
  { name: "hookable", aim: "three times as fast" },
  { name: "moleculer", aim: "three times as fast" },
];

const { Bus, checked } = busDispatchers;
const beside = [Bus, ...Object.values(awaitedEmitters), ...Object.values(bareEmitters)];
const dispatchers = [Bus, checked, ...beside.slice(1)];
const rounds = new Rounds();
for (const count of LISTENERS) await measure(beside, count);
// Last: V8 compiles the code of the bus for both ways of publishing from then on, of which a host has one.
for (const count of LISTENERS) await measure([checked], count);
report();

async function measure(contenders: readonly Dispatcher[], count: number): Promise<void> {
  let calls = 0;
  const listeners = Array.from({ length: count }, () => (): void => {
    calls += 1;
  });
  const open = new Map<Dispatcher, OpenDispatcher>();
  for (const dispatcher of contenders) {
    const opened = await dispatcher.open(listeners);
    calls = 0;
    await opened.publish(MESSAGE);
    if (calls !== count) throw new Error(`${dispatcher.name} called ${calls} of ${count} listeners.`);
    await ratePerSecond(opened, WARM_UP_MS);
    open.set(dispatcher, opened);
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const [dispatcher, opened] of rotated([...open], round))
      rounds.add(dispatcher.name, String(count), await ratePerSecond(opened, TURN_MS));
  for (const opened of open.values()) await opened.close();
  progress(`dispatch: ${count} listeners`);
}

/** Publishes, one after the other, for so long. */
async function ratePerSecond({ publish }: OpenDispatcher, ms: number): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  let elapsed = 0;
  // To look at the time costs about as much as to emit.
  for (; elapsed < ms; elapsed = performance.now() - startedAt)
    for (let index = 0; index < 200; index += 1, count += 1) await publish(MESSAGE);
  return (count * 1_000) / elapsed;
}

function report(): void {
  const of = (name: string, count: number): number | undefined => rounds.median(name, String(count));
  const nanoseconds = (name: string, count: number): string => rate(1e9 / (of(name, count) ?? NaN));
  printSection({
    question: "Dispatch: what does a publish to listeners in this process cost?",
    conditions: [
      `median of ${ROUNDS} rounds of ${TURN_MS} ms in rotated order, after ${WARM_UP_MS} ms of warm-up; one process, each call awaited before the next, listeners that count`,
      ...dispatchers.map(({ name, conditions }) => `${name}: ${conditions}`),
    ],
    tables: [
      markdownTable(
        ["ns a publish", ...LISTENERS.map((count) => `${count} listener${count === 1 ? "" : "s"}`)],
        dispatchers.map(({ name }) => [name, ...LISTENERS.map((count) => nanoseconds(name, count))]),
      ),
      markdownTable(
        ["Bus, as many times as fast as", ...LISTENERS.map((count) => `${count}`), "aim"],
        AIMS.map(({ name, aim }) => [name, ...LISTENERS.map((count) => ratio(of("Bus", count), of(name, count))), aim]),
      ),
    ],
  });
}
