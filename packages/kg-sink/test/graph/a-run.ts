import { CLOCK, createBus, provide, RANDOM, type DeliveryView, type Store } from "@bus/core";
import { gotTransport, HTTP_TRANSPORT, type HttpTransport } from "@bus/http";
import { virtualClock } from "@bus/testkit";
import { kgEvents, kgSink } from "../../src/index.ts";
import { FaultyProxy } from "./faulty-proxy.ts";
import { entryOf } from "./graph-events.ts";
import type { Scenario } from "./scenario.ts";

export const ATTEMPTS = 5;

/** More than all retries and pauses of a scenario take, by the bus's clock. */
const AT_MOST_MS = 3_600_000;
const STEP_MS = 5_000;

/** What came of a scenario. */
export interface Run {
  readonly proxy: FaultyProxy;
  /** One of each event, in order of publishing. */
  readonly deliveries: readonly DeliveryView[];
}

/** Publishes all, and lets the bus go on until every delivery has ended. */
export async function runOf(scenario: Scenario, store: Store): Promise<Run> {
  const clock = virtualClock();
  const proxy = await FaultyProxy.start(scenario);
  const http = new CountedTransport();
  const { ordering, keys, maxRecords, maxBytes, lingerMs } = scenario;
  const graph = kgSink(
    {
      url: proxy.stub.url,
      ordering,
      batch: { maxRecords, maxBytes, lingerMs },
      extensions: { event_id: true },
      ...(keys > 0 && { key: ({ id }) => `key ${Number(id) % keys}` }),
    },
    { retry: { baseMs: 100, factor: 2, maxMs: 1_000, attempts: ATTEMPTS } },
  );
  const bus = createBus({
    name: "app",
    events: kgEvents,
    store,
    sinks: { graph },
    provide: [provide(CLOCK, clock), provide(RANDOM, () => 0.5), provide(HTTP_TRANSPORT, http)],
  });
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
  await bus.start();
  try {
    let place = 0;
    for (const { events, thenMs } of scenario.groups) {
      await bus.publishMany(events.map((event) => entryOf(event, place++)));
      await go(thenMs);
    }
    const areAllEnded = async (): Promise<boolean> => {
      const { pending, leased } = await bus.deliveries.stats();
      return pending + leased === 0;
    };
    if (!(await go(AT_MOST_MS, areAllEnded))) throw new Error("It does not come to an end.");
    const { items } = await bus.deliveries.list({ limit: 1_000 });
    return { proxy, deliveries: items.toSorted((left, right) => Number(left.event.id) - Number(right.event.id)) };
  } finally {
    await bus.stop();
    await http.stop();
    await proxy.stub.close();
  }
}

/** Real requests, of which the test knows when one is under way. */
class CountedTransport implements HttpTransport {
  readonly #transport = gotTransport();
  readonly #waiting = new Set<() => void>();
  underWay = 0;

  async request(...[request]: Parameters<HttpTransport["request"]>): ReturnType<HttpTransport["request"]> {
    this.underWay += 1;
    try {
      return await this.#transport.request(request);
    } finally {
      this.underWay -= 1;
      for (const done of this.#waiting) done();
      this.#waiting.clear();
    }
  }

  /** Resolves when a request has ended. */
  idle(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }
}
