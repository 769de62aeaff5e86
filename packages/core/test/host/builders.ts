import {
  CLOCK,
  createBus,
  defineSink,
  delivered,
  memoryStore,
  provide,
  type Bus,
  type BusEvent,
  type BusOptions,
  type EventSchemas,
  type Sink,
  type SinkPlugin,
  type Sinks,
  type Sources,
  type Store,
} from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { onTestFinished } from "vitest";
import { z } from "zod";

/** Starts a bus, and stops it with the test, also when its stop is what the test broke. */
export async function started<E extends EventSchemas, S extends Sinks, R extends Sources>(
  bus: Bus<E, S, R>,
  clock?: VirtualClock,
): Promise<Bus<E, S, R>> {
  onTestFinished(async () => {
    const stopped = bus.stop().catch(() => undefined);
    await clock?.advance(60_000);
    await stopped;
  });
  await bus.start();
  return bus;
}

/** A sink that delivers everything and keeps it. */
export function aRecorder<Accepts extends EventSchemas | undefined = undefined>(
  accepts?: Accepts,
  own: Partial<Sink<undefined>> = {},
): { readonly sink: SinkPlugin<Accepts, undefined>; readonly received: BusEvent[] } {
  const received: BusEvent[] = [];
  const create = (): Sink<undefined> => ({
    deliver: (batch) => {
      received.push(...batch.map(({ event }) => event));
      return batch.map(() => delivered());
    },
    ...own,
  });
  const define = defineSink<z.ZodUndefined, Accepts>({
    name: "recorder",
    options: z.undefined(),
    create,
    ...(accepts && { accepts }),
  });
  return { sink: define(undefined), received };
}

/** One event type whose data may be anything. */
export const anything: { readonly "thing.done": z.ZodUnknown } = { "thing.done": z.unknown() };

/** A started bus on a virtual clock, with one sink that gets every `thing.done`. */
export async function aThingBus(
  options: Partial<BusOptions<typeof anything>> = {},
  own: Partial<Sink<undefined>> = {},
): Promise<{
  readonly bus: Bus<typeof anything, { store: SinkPlugin<undefined, undefined> }>;
  readonly clock: VirtualClock;
  readonly received: BusEvent[];
}> {
  const clock = virtualClock();
  const { sink, received } = aRecorder(undefined, own);
  const bus: Bus<typeof anything, { store: SinkPlugin<undefined, undefined> }> = createBus({
    ...options,
    name: "test",
    events: anything,
    sinks: { store: sink },
    provide: [provide(CLOCK, clock), ...(options.provide ?? [])],
  } as never);
  return { bus: await started(bus, clock), clock, received };
}

/** A memory store with some of its methods replaced. */
export function aStore(own: Partial<Store>): Store {
  const store = memoryStore();
  const get = (_: Store, name: keyof Store): unknown => {
    const value = own[name] ?? store[name];
    return typeof value === "function" ? value.bind(store) : value;
  };
  return new Proxy(store, { get: get as never });
}

/** What the call throws or rejects with. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return "It did not fail.";
}
