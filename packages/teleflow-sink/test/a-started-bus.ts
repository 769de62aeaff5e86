import {
  CLOCK,
  createBus,
  LOGGER,
  memoryStore,
  provide,
  RANDOM,
  type Bus,
  type DeliveryPolicy,
  type DeliveryState,
  type DeliveryView,
  type LaneSignal,
  type Logger,
  type SinkPlugin,
  type Store,
} from "@bus/core";
import { HTTP_TRANSPORT, type HttpTransport } from "@bus/http";
import {
  teleflowStub,
  virtualClock,
  type TeleflowStub,
  type TeleflowStubOptions,
  type VirtualClock,
} from "@bus/testkit";
import { expect, onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  teleflowSink,
  type TeleflowAccepts,
  type TeleflowCalls,
  type TeleflowRule,
  type TeleflowSinkOptions,
} from "../src/index.ts";

interface Shipped {
  readonly orderId: string;
  readonly customerId: string;
}

interface Refunded {
  readonly orderId: string;
  /** Of the event that told of its shipping. */
  readonly shippedEventId: string;
}

interface Digest {
  readonly customerIds: readonly string[];
}

interface Incident {
  readonly title: string;
}

/** What happens in a small shop. */
type ShopEvents = {
  readonly "order.shipped": z.ZodType<Shipped, Shipped>;
  readonly "order.refunded": z.ZodType<Refunded, Refunded>;
  readonly "digest.due": z.ZodType<Digest, Digest>;
  readonly "incident.opened": z.ZodType<Incident, Incident>;
};

const shopEvents: ShopEvents = {
  "order.shipped": z.object({ orderId: z.string(), customerId: z.string() }),
  "order.refunded": z.object({ orderId: z.string(), shippedEventId: z.string() }),
  "digest.due": z.object({ customerIds: z.array(z.string()) }),
  "incident.opened": z.object({ title: z.string() }),
};

export type ShopRule = TeleflowRule<ShopEvents>;

/** One rule of each kind. */
export const shopRules: readonly ShopRule[] = [
  {
    on: "order.shipped",
    trigger: "order-shipped",
    to: (e) => e.data.customerId,
    payload: (e) => ({ orderId: e.data.orderId }),
  },
  { on: "incident.opened", broadcast: "incident", payload: (e) => ({ title: e.data.title }) },
  { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
];

export interface BusScript extends Partial<Omit<TeleflowSinkOptions<ShopEvents>, "events" | "rules">> {
  readonly rules?: readonly ShopRule[];
  readonly policy?: DeliveryPolicy;
  readonly store?: Store;
  readonly clock?: VirtualClock;
  readonly http?: HttpTransport;
  readonly stopTimeoutMs?: number;
  readonly retention?: { readonly ageMs?: number };
}

export interface StartedBus {
  readonly bus: Bus<
    ShopEvents,
    { readonly notify: SinkPlugin<TeleflowAccepts<ShopEvents, keyof ShopEvents>, TeleflowCalls> }
  >;
  readonly clock: VirtualClock;
  /** What `bus.events` told of lanes, in order. */
  readonly signals: readonly ({ readonly name: string } & LaneSignal)[];
  readonly logged: readonly { readonly level: string; readonly fields: object; readonly message: string }[];
  /** Lets what is due run until this holds. */
  until<T>(assertion: () => Promise<T> | T): Promise<T>;
  deliveries(): Promise<readonly DeliveryView[]>;
  /** The deliveries, once none is out and each has been tried, or decided on, at least `tries` times. */
  settled(tries?: number): Promise<readonly DeliveryView[]>;
  /** The deliveries, once this many are in each state. */
  reach(states: Partial<Record<DeliveryState, number>>): Promise<readonly DeliveryView[]>;
  stop(): Promise<void>;
}

/** A service on loopback, closed with the test. */
export async function aService(options: TeleflowStubOptions = {}): Promise<TeleflowStub> {
  const service = await teleflowStub(options);
  onTestFinished(() => service.close());
  return service;
}

/**
 * A bus whose sink "notify" sends to the service. Its schedules run on a virtual clock; requests go over real sockets and take real time. What is
 * published together goes together.
 */
export async function aStartedBus(service: { readonly url: string }, script: BusScript = {}): Promise<StartedBus> {
  const { rules = shopRules, policy, store = memoryStore(), clock = virtualClock(), http, ...rest } = script;
  const { stopTimeoutMs = 1_000, retention, batch, ...options } = rest;
  const logged: { level: string; fields: object; message: string }[] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const bus = createBus({
    name: "shop",
    events: shopEvents,
    store,
    stopTimeoutMs,
    ...(retention && { retention }),
    sinks: {
      notify: teleflowSink(
        {
          events: shopEvents,
          url: service.url,
          apiKey: "test-key",
          environment: "test",
          rules,
          batch: { lingerMs: 0, ...batch },
          ...options,
        },
        policy,
      ),
    },
    provide: [
      provide(CLOCK, clock),
      provide(RANDOM, () => 0.5),
      provide(LOGGER, logger),
      ...(http ? [provide(HTTP_TRANSPORT, http)] : []),
    ],
  });
  const signals: ({ name: string } & LaneSignal)[] = [];
  for (const name of ["paused", "resumed", "disabled"] as const)
    bus.events.on(name, (signal) => void signals.push({ name, ...signal }));

  const until: StartedBus["until"] = (assertion) =>
    vi.waitFor(
      async () => {
        // Triggers wait some milliseconds for others to go with them.
        await clock.advance(1);
        return assertion();
      },
      { timeout: 8_000, interval: 5 },
    );
  const deliveries = async (): Promise<readonly DeliveryView[]> => (await bus.deliveries.list({ limit: 1_000 })).items;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= moved(clock, bus.stop());
    return stopping;
  };
  onTestFinished(stop);
  await bus.start();
  return {
    bus,
    clock,
    signals,
    logged,
    until,
    deliveries,
    settled: (tries = 1) =>
      until(async () => {
        const all = await deliveries();
        if (!all.every(({ state, history }) => state !== "leased" && history.length >= tries))
          throw new Error("not yet");
        return all;
      }),
    reach: (states) =>
      until(async () => {
        const all = await deliveries();
        expect(byState(all)).toEqual(states);
        return all;
      }),
    stop,
  };
}

function byState(deliveries: readonly DeliveryView[]): Partial<Record<DeliveryState, number>> {
  const groups = Object.groupBy(deliveries, ({ state }) => state);
  return Object.fromEntries(Object.entries(groups).map(([state, items]) => [state, items.length]));
}

interface ShippedEvent {
  readonly type: "order.shipped";
  readonly id: string;
  readonly data: Shipped;
}

/** Orders shipped to as many customers, "c0", "c1" and so on, as events "o0", "o1" and so on. */
export function shipped(count: number, from = 0): readonly ShippedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    type: "order.shipped",
    id: `o${from + index}`,
    data: { orderId: `o${from + index}`, customerId: `c${from + index}` },
  }));
}

/** Moves the clock on while something lasts. */
async function moved(clock: VirtualClock, work: Promise<void>): Promise<void> {
  const progress = { isDone: false };
  const done = work.finally(() => {
    progress.isDone = true;
  });
  done.catch(() => undefined);
  while (!progress.isDone) await clock.advance(10);
  await done;
}
