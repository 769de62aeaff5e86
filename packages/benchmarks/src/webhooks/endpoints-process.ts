/** Serves a file with registered webhooks in a process of its own, and prints what that took as JSON. Run by `webhook-endpoints.bench.ts`. */
import { benchWebhooks } from "./bench-webhooks.ts";
import { messageAt } from "./message.ts";

const WARM_UP = 2_000;
const EVENTS = 5_000;
const PUBLISHED_AT_ONCE = 100;

/** Bytes, ms and µs. */
export interface EndpointsServed {
  readonly startMs: number;
  readonly heapGrowthIdle: number;
  readonly rssGrowthIdle: number;
  readonly rssGrowthBusy: number;
  readonly heapGrowthAfter: number;
  readonly publishMicroseconds: number;
  readonly deliveredPerSecond: number;
}

if (import.meta.main) await main();

async function main(): Promise<void> {
  const [path = "", active = ""] = process.argv.slice(2);
  globalThis.gc?.();
  const before = process.memoryUsage();
  const bus = benchWebhooks({ path });
  const startedAt = performance.now();
  await bus.start();
  const startMs = performance.now() - startedAt;
  globalThis.gc?.();
  const idle = process.memoryUsage();

  await publish(WARM_UP, Number(active));
  const beganAt = performance.now();
  const publishingMs = await publish(EVENTS, Number(active));
  const deliveredPerSecond = (EVENTS * 1_000) / (performance.now() - beganAt);
  const busy = process.memoryUsage();
  globalThis.gc?.();
  const after = process.memoryUsage();
  await bus.stop();

  const served: EndpointsServed = {
    startMs,
    heapGrowthIdle: idle.heapUsed - before.heapUsed,
    rssGrowthIdle: idle.rss - before.rss,
    rssGrowthBusy: busy.rss - before.rss,
    heapGrowthAfter: after.heapUsed - before.heapUsed,
    publishMicroseconds: (publishingMs * 1_000) / EVENTS,
    deliveredPerSecond,
  };
  console.log(JSON.stringify(served));

  /** Resolves when all has been delivered, with the time that publishing took. */
  async function publish(count: number, accounts: number): Promise<number> {
    const { promise: all, resolve } = Promise.withResolvers<void>();
    let left = count;
    const onDelivered = (): void => void (--left === 0 && resolve());
    bus.events.on("delivered", onDelivered);
    const began = performance.now();
    for (let published = 0; published < count; published += PUBLISHED_AT_ONCE)
      await Promise.all(
        Array.from({ length: PUBLISHED_AT_ONCE }, (_, index) =>
          bus.publish("message.created", messageAt(((published + index) % accounts) + 1)),
        ),
      );
    const publishingTook = performance.now() - began;
    await all;
    bus.events.off("delivered", onDelivered);
    return publishingTook;
  }
}
