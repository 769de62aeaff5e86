import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { collectGarbage } from "../suite/collect-garbage.ts";
import { IntervalWatch } from "../suite/interval-watch.ts";
import { ProcessWatch, unhandledDuring } from "../suite/process-watch.ts";
import { until } from "../suite/until.ts";
import type { RunningSink } from "./running-sink.ts";
import type { SinkBench } from "./sink-bench.ts";
import type { SinkTest } from "./sink-test.ts";
import { sinkUses } from "./sink-uses.ts";

/** Each takes a moment. */
const MOST_COLLECTIONS = 12;

export const leftovers: readonly SinkTest[] = [
  {
    name: "leaves nothing behind that keeps the process alive",
    run: async (bench) => {
      const watch = new ProcessWatch();
      await afterEachUse(bench, "this still keeps the process alive", () => watch.newResources);
    },
  },
  {
    name: "leaves no interval behind that runs on, even if it keeps nothing alive",
    run: async (bench) => {
      const watch = new IntervalWatch();
      try {
        await afterEachUse(bench, "this still runs", () => watch.running);
      } finally {
        watch.end();
      }
    },
  },
  {
    name: "leaves no timer behind on the bus's clock",
    run: (bench) =>
      afterEachUse(bench, "this still waits on the clock", () =>
        Array.from({ length: bench.clock.timers }, () => "a timer"),
      ),
  },
  {
    name: "leaves no listener behind on the signals that it gets",
    run: async (bench) => {
      let collections = 0;
      await afterEachUse(bench, "this still listens to the signals that deliver() got", ({ calls }) => {
        const left = calls.flatMap(({ signal }) => getEventListeners(signal, "abort").map(() => "a listener"));
        // Those of `fetch` go when its request is collected.
        if (left.length > 0 && (collections += 1) <= MOST_COLLECTIONS) collectGarbage();
        return left;
      });
    },
  },
  {
    name: "leaves no listener behind on the process",
    run: async (bench) => {
      const watch = new ProcessWatch();
      await afterEachUse(bench, "these events of the process are still listened to", () => watch.newListeners);
    },
  },
  {
    name: "leaves no rejection behind that nobody handles",
    run: async (bench) => {
      const reasons = await unhandledDuring(async () => {
        await afterEachUse(bench, "nothing", () => []);
        // What waits for the target still learns that it is gone.
        await bench.target.goDown();
        await bench.clock.settled();
      });

      assert.deepEqual(reasons, [], "every promise is awaited, or its rejection handled");
    },
  },
];

/** Sockets take a moment to close, so that what is left is looked at more than once. */
async function afterEachUse(
  bench: SinkBench,
  what: string,
  leftBy: (stopped: RunningSink) => readonly string[],
): Promise<void> {
  for (const { name, run } of sinkUses) {
    bench.target.fault = () => undefined;
    const stopped = await run(bench);
    const isClean = (): boolean => leftBy(stopped).length === 0;
    await until(bench.clock, "nothing is left", isClean).catch(() => undefined);
    const left = leftBy(stopped);
    assert.deepEqual(left, [], `When the bus has stopped after ${name}, ${what}: ${left.join(", ")}.`);
  }
}
