import { CLOCK, createBus, provide, RANDOM, type DeliveryView, type Store } from "@bus/core";
import { HTTP_TRANSPORT } from "@bus/http";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { teleflowSink } from "../../src/index.ts";
import { CountedTransport, type Exchange } from "./counted-transport.ts";
import { FaultyService } from "./faulty-service.ts";
import type { Scenario } from "./scenario.ts";
import { entryOf, events, rules } from "./shop.ts";

/** More than the faults of a scenario use up. */
export const ATTEMPTS = 20;

/** More than all retries and pauses of a scenario take, by the bus's clock. */
const AT_MOST_MS = 3_600_000;
const STEP_MS = 5_000;
const STOP_MS = 100;

/** What came of a scenario. */
export interface Run {
  readonly service: FaultyService;
  readonly deliveries: readonly DeliveryView[];
  readonly exchanges: readonly Exchange[];
  readonly twiceOut: readonly string[];
}

/** Publishes all, and lets the bus go on until every delivery has ended. @param store opened anew at each start */
export async function runOf(scenario: Scenario, store: () => Store): Promise<Run> {
  const clock = virtualClock();
  const service = await FaultyService.start(scenario, clock);
  const http = new CountedTransport();
  const aBus = () => newBus(scenario, { store: store(), clock, http, url: service.stub.url });
  let bus = aBus();
  await bus.start();

  /** Moves time on while nothing is under way: the engine's own deadline runs by this clock, the network does not. */
  const go = async (forMs: number, until: () => Promise<boolean> = async () => false): Promise<boolean> => {
    const endsAt = clock.steady() + forMs;
    for (;;) {
      await clock.settled();
      if (http.underWay > 0) await http.idle();
      else if (await until()) return true;
      else if (clock.steady() >= endsAt) return false;
      else await clock.advance(Math.min(STEP_MS, endsAt - clock.steady()));
    }
  };
  const areAllEnded = async (): Promise<boolean> => {
    const { pending, leased } = await bus.deliveries.stats();
    return pending + leased === 0;
  };
  try {
    let n = 0;
    for (const { events: group, thenMs, isRestarted } of scenario.groups) {
      await bus.publishMany(group.map((event) => entryOf(event, n++)));
      if (isRestarted) {
        await clock.advance(thenMs);
        await stopped(clock, bus.stop());
        bus = aBus();
        await bus.start();
      } else await go(thenMs);
    }
    if (!(await go(AT_MOST_MS, areAllEnded))) throw new Error("It does not come to an end.");
    await service.stub.settled();
    const { items } = await bus.deliveries.list({ limit: 1_000 });
    return { service, deliveries: items, exchanges: http.exchanges, twiceOut: http.twiceOut };
  } finally {
    await stopped(clock, bus.stop());
    await http.stop();
    await service.stub.close();
  }
}

function newBus(
  { maxTriggers, maxBytes, broadcastRetry }: Scenario,
  { store, clock, http, url }: { store: Store; clock: VirtualClock; http: CountedTransport; url: string },
) {
  const notify = teleflowSink(
    {
      events,
      rules,
      url,
      apiKey: "test-key",
      environment: "test",
      batch: { maxTriggers, maxBytes },
      broadcastRetry,
      deadlineMs: 150,
    },
    { retry: { baseMs: 100, factor: 1.5, maxMs: 2_000, attempts: ATTEMPTS } },
  );
  return createBus({
    name: "shop",
    events,
    store,
    stopTimeoutMs: STOP_MS,
    sinks: { notify },
    provide: [provide(CLOCK, clock), provide(RANDOM, () => 0.5), provide(HTTP_TRANSPORT, http)],
  });
}

/** Moves the clock on until the bus has stopped: quickly past the end of what is in flight, then so slowly that a file can be closed meanwhile. */
async function stopped(clock: VirtualClock, stopping: Promise<void>): Promise<void> {
  const progress = { isDone: false };
  const done = stopping.finally(() => {
    progress.isDone = true;
  });
  done.catch(() => undefined);
  await clock.advance(STOP_MS);
  while (!progress.isDone) {
    await clock.advance(1);
    await Promise.race([done.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  await done;
}
