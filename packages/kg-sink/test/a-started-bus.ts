import {
  CLOCK,
  createBus,
  LOGGER,
  memoryStore,
  provide,
  RANDOM,
  type Bus,
  type Clock,
  type DeliveryPolicy,
  type DeliveryState,
  type DeliveryView,
  type LaneSignal,
  type Logger,
  type SinkPlugin,
  type Store,
} from "@bus/core";
import { HTTP_TRANSPORT, type HttpTransport } from "@bus/http";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { expect, onTestFinished, vi } from "vitest";
import {
  kgEvents,
  kgSink,
  SHARING_PREFERENCES,
  type KgAccepts,
  type KgSinkOptions,
  type SharingPreferences,
} from "../src/index.ts";

export interface BusScript extends Partial<KgSinkOptions> {
  readonly policy?: Omit<DeliveryPolicy, "ordering">;
  readonly store?: Store;
  readonly clock?: VirtualClock;
  /** Time as the bus sees it, where it is not the virtual clock's. */
  readonly time?: Clock;
  readonly http?: HttpTransport;
  readonly preferences?: SharingPreferences;
  readonly stopTimeoutMs?: number;
}

export interface StartedBus {
  readonly bus: Bus<typeof kgEvents, { readonly graph: SinkPlugin<KgAccepts<{}>, undefined> }>;
  readonly clock: VirtualClock;
  /** What `bus.events` told of lanes, in order. */
  readonly signals: readonly ({ readonly name: string } & LaneSignal)[];
  readonly logged: readonly { readonly level: string; readonly fields: object; readonly message: string }[];
  /** Lets what is due run until this holds. */
  until<T>(assertion: () => Promise<T> | T): Promise<T>;
  deliveries(): Promise<readonly DeliveryView[]>;
  /** The deliveries, once none is out and each has been tried, or decided on, at least `tries` times. */
  settled(tries?: number): Promise<readonly DeliveryView[]>;
  /** The deliveries, once the companies are in these states. */
  reach(states: StatesOfCompanies): Promise<readonly DeliveryView[]>;
  stop(): Promise<void>;
}

export type StatesOfCompanies = Partial<Record<DeliveryState, readonly string[]>>;

/** A bus whose schedules run on a virtual clock; requests go over real sockets and take real time. What is published together goes together. */
export async function aStartedBus(url: string, script: BusScript = {}): Promise<StartedBus> {
  const { policy, store = memoryStore(), clock = virtualClock(), time = clock, http, preferences, ...rest } = script;
  const { stopTimeoutMs = 1_000, batch, ...options } = rest;
  const logged: { level: string; fields: object; message: string }[] = [];
  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const logger: Logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const bus = createBus({
    name: "twake",
    events: kgEvents,
    store,
    stopTimeoutMs,
    sinks: { graph: kgSink({ url, batch: { lingerMs: 0, ...batch }, ...options }, policy) },
    provide: [
      provide(CLOCK, time),
      provide(RANDOM, () => 0.5),
      provide(LOGGER, logger),
      ...(http ? [provide(HTTP_TRANSPORT, http)] : []),
      ...(preferences ? [provide(SHARING_PREFERENCES, preferences)] : []),
    ],
  });
  const signals: ({ name: string } & LaneSignal)[] = [];
  for (const name of ["paused", "resumed", "disabled"] as const)
    bus.events.on(name, (signal) => void signals.push({ name, ...signal }));

  const until: StartedBus["until"] = (assertion) =>
    vi.waitFor(
      async () => {
        await clock.settled();
        return assertion();
      },
      { timeout: 8_000, interval: 5 },
    );
  const deliveries = async () => (await bus.deliveries.list({ limit: 1_000 })).items;
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

/** The companies whose deliveries are in each state. */
export function byState(deliveries: readonly DeliveryView[]): StatesOfCompanies {
  const ids = (items: readonly DeliveryView[] = []) => items.map(({ event }) => (event.data as { id: string }).id);
  const groups = Object.groupBy(deliveries, ({ state }) => state);
  return Object.fromEntries(Object.entries(groups).map(([state, items]) => [state, ids(items)]));
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
