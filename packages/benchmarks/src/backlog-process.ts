/** Opens a file with a backlog in a process of its own, and prints what that took as JSON. Run by `backlog.bench.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { delivered } from "@bus/core";
import { benchBus } from "./bench-bus.ts";

export const HELD_FOR_MS = 500;
export const DELIVERED_FOR_MS = 2_000;
const SAMPLE_EVERY_MS = 10;

/** Bytes and ms. */
export interface BacklogOpened {
  readonly rssBefore: number;
  readonly growthHeld: number;
  readonly growthDelivering: number;
  /** The part of it that is V8's heap, garbage included. */
  readonly heapGrowthDelivering: number;
  /** What the heap holds more after a collection, while it still delivers. */
  readonly liveGrowthDelivering: number;
  readonly processToFirstMs: number;
  readonly startToFirstMs: number;
  readonly deliveredPerSecond: number;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [path = "", ordering, spawnedAt] = process.argv.slice(2);
  const first = Promise.withResolvers<number>();
  const held = Promise.withResolvers<void>();
  const bus = benchBus({
    path,
    policy: { ordering: ordering === "key" ? "key" : "none" },
    sink: {
      batch: { maxItems: 100 },
      async deliver(batch) {
        first.resolve(Date.now());
        await held.promise;
        return batch.map(() => delivered());
      },
    },
  });
  let count = 0;
  bus.events.on("delivered", () => void count++);

  globalThis.gc?.();
  const before = process.memoryUsage();
  const startedAt = Date.now();
  await bus.start();
  const firstAt = await first.promise;
  await sleep(HELD_FOR_MS);
  const growthHeld = process.memoryUsage.rss() - before.rss;

  let largest = before;
  const sampling = setInterval(() => {
    const now = process.memoryUsage();
    if (now.rss > largest.rss) largest = now;
  }, SAMPLE_EVERY_MS);
  const releasedAt = performance.now();
  held.resolve();
  await sleep(DELIVERED_FOR_MS);
  const deliveredPerSecond = (count * 1_000) / (performance.now() - releasedAt);
  clearInterval(sampling);
  globalThis.gc?.();
  const liveGrowthDelivering = process.memoryUsage().heapUsed - before.heapUsed;
  await bus.stop();

  const opened: BacklogOpened = {
    rssBefore: before.rss,
    growthHeld,
    growthDelivering: largest.rss - before.rss,
    heapGrowthDelivering: largest.heapTotal - before.heapTotal,
    liveGrowthDelivering,
    processToFirstMs: firstAt - Number(spawnedAt),
    startToFirstMs: firstAt - startedAt,
    deliveredPerSecond,
  };
  console.log(JSON.stringify(opened));
}
