import {
  CLOCK,
  createBus,
  defineSink,
  delivered,
  provide,
  type Bus,
  type BusError,
  type Clock,
  type Delivery,
  type DeliveryPolicy,
  type LaneId,
  type PublishManyEntry,
  type Sink,
  type SinkPlugin,
  type Store,
} from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { onTestFinished } from "vitest";
import { z } from "zod";

type Events = { readonly "thing.done": z.ZodUnknown };
type Plugins = { readonly hooks: SinkPlugin<undefined, undefined> };

/** The one lane of it. */
export const HOOKS: LaneId = { sink: "hooks", destination: "default" };

export interface BusScript {
  readonly store: Store;
  readonly deliver?: Sink["deliver"];
  readonly policy?: DeliveryPolicy;
  readonly clock?: Clock;
  readonly retention?: { readonly ageMs?: number; readonly bytes?: number };
  readonly maxBacklog?: number;
}

export interface TestBus {
  readonly bus: Bus<Events, Plugins>;
  /** What the sink was given, in order. */
  readonly received: Delivery[];
  /** Ids of the events whose delivery is settled as delivered, in order. */
  readonly delivered: string[];
  /** What `bus.events` told of as `error`. */
  readonly errors: BusError[];
}

/** A bus with one sink "hooks" that gets every `thing.done`. Stopped with the test. */
export function aBus(script: BusScript): TestBus {
  const { store, clock, retention, maxBacklog, deliver = (batch) => batch.map(() => delivered()) } = script;
  const received: Delivery[] = [];
  const recording: Sink<undefined> = {
    deliver: (batch, context) => {
      received.push(...batch);
      return deliver(batch, context);
    },
  };
  const hooks = defineSink({ name: "hooks", options: z.object({}), create: () => recording });
  const bus = createBus({
    name: "test",
    events: { "thing.done": z.unknown() },
    store,
    sinks: { hooks: hooks({}, script.policy) },
    ...(clock && { provide: [provide(CLOCK, clock)] }),
    ...(retention && { retention }),
    ...(maxBacklog !== undefined && { maxBacklog }),
  });
  const settled: string[] = [];
  const errors: BusError[] = [];
  bus.events.on("delivered", ({ eventId }) => void settled.push(eventId));
  bus.events.on("error", (error) => void errors.push(error));
  onTestFinished(() => bus.stop().catch(() => undefined));
  return { bus, received, delivered: settled, errors };
}

export async function aStartedBus(script: BusScript): Promise<TestBus> {
  const made = aBus(script);
  await made.bus.start();
  return made;
}

/** A bus whose time stands still until the test moves it. */
export async function aBusInTime(script: BusScript): Promise<TestBus & { readonly clock: VirtualClock }> {
  const clock = virtualClock();
  return { ...(await aStartedBus({ clock, ...script })), clock };
}

/** `<prefix>0`, `<prefix>1` and so on. */
export function things(count: number, data: unknown = {}, prefix = "e"): PublishManyEntry<Events>[] {
  return Array.from({ length: count }, (_, index) => ({ type: "thing.done", data, id: `${prefix}${index}` }));
}

export function idsOf(entries: readonly { readonly id?: string }[]): readonly (string | undefined)[] {
  return entries.map(({ id }) => id);
}
