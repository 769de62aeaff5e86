import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { collectGarbage } from "../suite/collect-garbage.ts";
import { ProcessWatch, unhandledDuring } from "../suite/process-watch.ts";
import type { RunningSource } from "./running-source.ts";
import type { SourceBench } from "./source-bench.ts";
import type { SourceTest } from "./source-test.ts";

const SEVERAL = 10;
const A_PART_MS = 100;

export const leftovers: readonly SourceTest[] = [
  {
    name: "leaves nothing behind that keeps the process alive",
    run: async (bench) => {
      const watch = new ProcessWatch();
      await workingDay(bench);

      await isLeftClean(bench, () => watch.newResources);
      assert.deepEqual(watch.newResources, [], "what the source has opened it closes when it stops");
    },
  },
  {
    name: "leaves no timer behind on the bus's clock",
    run: async (bench) => {
      await workingDay(bench);

      assert.equal(bench.clock.timers, 0, "what the source has scheduled it cancels when it stops");
    },
  },
  {
    name: "leaves no listener behind on the process",
    run: async (bench) => {
      const watch = new ProcessWatch();
      await workingDay(bench);

      assert.deepEqual(watch.newListeners, [], "events of the process are the host's to listen to");
    },
  },
  {
    name: "leaves no listener behind on its signal for what it has answered",
    run: async (bench) => {
      const running = await bench.start();
      await offerSeveral(running, "first");
      const before = signalListeners(running);

      await offerSeveral(running, "second");

      // Those of `fetch` go when its request is collected.
      if (signalListeners(running) >= before + SEVERAL) collectGarbage();
      assert.ok(
        signalListeners(running) < before + SEVERAL,
        "a listener that is added for one thing goes with it, or those of a long life add up",
      );
    },
  },
  {
    name: "leaves no rejection behind that nobody handles",
    run: async (bench) => {
      const reasons = await unhandledDuring(async () => {
        await workingDay(bench);
        await bench.clock.settled();
      });

      assert.deepEqual(reasons, [], "every promise is awaited, or its rejection handled");
    },
  },
];

/** All that comes before a source: what is right, what fails, and a stop with something under way. */
async function workingDay(bench: SourceBench): Promise<void> {
  const running = await bench.start();
  await running.untilTaken(running.offer("first"));
  running.store.failing = "append";
  const failed = running.offer("failed");
  const asked = running.store.asked;
  await running.untilFailed(failed, () => running.store.asked > asked);
  running.store.failing = undefined;
  await running.untilTaken(running.again(failed));
  running.store.hold();
  running.offer("under-way");
  await running.untilLater("the source publishes", () => running.store.held > 0);
  await running.beginStop();
  await running.aWhile(A_PART_MS);
  running.store.release();
  await running.stop();
  await running.aWhile(0);
}

async function offerSeveral(running: RunningSource, name: string): Promise<void> {
  for (let index = 0; index < SEVERAL; index += 1) await running.untilTaken(running.offer(`${name}-${index}-`));
}

function signalListeners({ watched: { signal } }: RunningSource): number {
  return signal ? getEventListeners(signal, "abort").length : 0;
}

/** Sockets take a moment to close, so that what is left is looked at more than once. */
async function isLeftClean(bench: SourceBench, left: () => readonly string[]): Promise<void> {
  await bench.until("nothing is left", () => left().length === 0).catch(() => undefined);
}
