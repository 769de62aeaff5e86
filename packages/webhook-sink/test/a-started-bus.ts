import {
  CLOCK,
  createBus,
  LOGGER,
  memoryStore,
  provide,
  RANDOM,
  type Bus,
  type DeliveryPolicy,
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
  trinoEvents,
  webhookSink,
  type WebhookEndpoint,
  type WebhookSinkApi,
  type WebhookSinkOptions,
} from "../src/index.ts";
import { aMessage } from "./fixtures.ts";

/** 2026-06-17T12:32:48.358Z, as the contract's test vector. */
export const NOW = 1_781_699_568_358;

export interface BusScript extends Partial<WebhookSinkOptions> {
  readonly policy?: DeliveryPolicy;
  readonly store?: Store;
  readonly clock?: VirtualClock;
  readonly http?: HttpTransport;
  readonly stopTimeoutMs?: number;
  /** False: what is published is not checked. */
  readonly validate?: boolean;
}

type Sinks = { readonly hooks: SinkPlugin<typeof trinoEvents, WebhookSinkApi> };

export interface StartedBus {
  readonly bus: Bus<typeof trinoEvents, Sinks>;
  readonly clock: VirtualClock;
  /** What `bus.events` told of lanes, in order. */
  readonly signals: readonly ({ readonly name: string } & LaneSignal)[];
  readonly warnings: readonly object[];
  /** Publishes messages, one by one. */
  publish(count?: number, changes?: Record<string, unknown>, key?: string): Promise<void>;
  /** Lets what is due run until this holds. */
  until<T>(assertion: () => Promise<T> | T): Promise<T>;
  deliveries(): Promise<readonly DeliveryView[]>;
  /** The deliveries, once there are `count` of them in the state. */
  ended(count: number, state: DeliveryView["state"]): Promise<readonly DeliveryView[]>;
  stop(): Promise<void>;
}

/** An endpoint for every account that may be on this machine. */
export function anEndpoint(url: string, changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return { id: "crm", url, ...changes };
}

/** A bus whose schedules run on a virtual clock; requests go over real sockets and take real time. */
export async function aStartedBus(script: BusScript = {}): Promise<StartedBus> {
  const {
    policy,
    store = memoryStore(),
    clock = virtualClock({ startAt: NOW }),
    http,
    stopTimeoutMs,
    validate = true,
    ...options
  } = script;
  const warnings: object[] = [];
  const nothing = () => {};
  const logger: Logger = { debug: nothing, info: nothing, error: nothing, warn: (fields) => warnings.push(fields) };
  const bus = createBus({
    name: "helpdesk",
    events: trinoEvents,
    store,
    validate,
    sinks: { hooks: webhookSink({ allow: ["127.0.0.1"], ...options }, policy) },
    provide: [
      provide(CLOCK, clock),
      provide(RANDOM, () => 0.5),
      provide(LOGGER, logger),
      ...(http ? [provide(HTTP_TRANSPORT, http)] : []),
    ],
    ...(stopTimeoutMs !== undefined && { stopTimeoutMs }),
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
      { timeout: 4_000, interval: 5 },
    );
  const deliveries = async () => (await bus.deliveries.list()).items.filter(({ destination }) => destination !== "*");
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
    warnings,
    until,
    deliveries,
    stop,
    publish: async (count = 1, changes = {}, key) => {
      for (let index = 0; index < count; index += 1)
        await bus.publish("message.created", aMessage(changes), key === undefined ? {} : { key });
    },
    ended: (count, state) =>
      until(async () => {
        const all = await deliveries();
        expect(all.filter((delivery) => delivery.state === state)).toHaveLength(count);
        return all;
      }),
  };
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
