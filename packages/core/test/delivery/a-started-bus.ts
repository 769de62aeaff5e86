import {
  CLOCK,
  createBus,
  defineSink,
  delivered,
  DELIVERIES,
  LANES,
  memoryStore,
  provide,
  RANDOM,
  type BatchBounds,
  type Bus,
  type BusError,
  type DeliverContext,
  type Delivery,
  type DeliveryPolicy,
  type DeliverySignal,
  type LaneSignal,
  type Outcome,
  type PluginDeliveries,
  type PluginLanes,
  type PublishManyEntry,
  type Sink,
  type SinkPlugin,
  type Store,
} from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { expect, onTestFinished } from "vitest";
import { z } from "zod";

type Events = Readonly<Record<"message.created" | "message.read", z.ZodUnknown>>;
const EVENTS: Events = { "message.created": z.unknown(), "message.read": z.unknown() };
type Plugins = Readonly<Record<string, SinkPlugin<undefined, undefined>>>;

/** What a sink says to the attempts of a delivery, by the id of its event: one after the other, then `delivered`. */
type Answers = Readonly<Record<string, readonly (Outcome | "hang")[]>>;

export interface SinkScript {
  readonly answers?: Answers;
  /** Takes the place of `answers`. */
  readonly deliver?: Sink["deliver"];
  readonly destinations?: Sink["destinations"] | readonly string[];
  readonly fixedDestinations?: Sink["fixedDestinations"];
  readonly batch?: BatchBounds;
  readonly policy?: DeliveryPolicy;
  /** Of single destinations. */
  readonly policyOf?: Sink["policy"];
  readonly atStart?: (lanes: PluginLanes) => Promise<void>;
}

export interface BusScript extends SinkScript {
  readonly store?: Store;
  readonly clock?: VirtualClock;
  readonly random?: () => number;
  readonly concurrency?: number;
  readonly stopTimeoutMs?: number;
  readonly maxBacklog?: number;
  readonly onFull?: "reject" | "wait";
  readonly retention?: { readonly ageMs?: number; readonly bytes?: number };
  /** Further sinks, beside "hooks". */
  readonly others?: Plugins;
}

export interface Call {
  readonly destination: string;
  /** Of the events. */
  readonly ids: readonly string[];
  readonly attempts: readonly number[];
  /** By the clock, ms since the test began. */
  readonly at: number;
}

/** What a sink was asked to do. */
export class Recording {
  readonly calls: Call[] = [];
  readonly deliveries: Delivery[] = [];
  readonly signals: AbortSignal[] = [];
  underWay = 0;
  mostUnderWay = 0;
  #lanes: PluginLanes | undefined;
  #owed: PluginDeliveries | undefined;

  /** What the sink got by the token. */
  get lanes(): PluginLanes {
    if (!this.#lanes) throw new Error("The sink was not made.");
    return this.#lanes;
  }

  set lanes(lanes: PluginLanes) {
    this.#lanes = lanes;
  }

  /** What the sink got by the token. */
  get owed(): PluginDeliveries {
    if (!this.#owed) throw new Error("The sink was not made.");
    return this.#owed;
  }

  set owed(owed: PluginDeliveries) {
    this.#owed = owed;
  }

  /** Ids of the events, in the order in which they were sent. */
  get received(): readonly string[] {
    return this.deliveries.map(({ event }) => event.id);
  }

  to(destination: string): readonly string[] {
    return this.deliveries.filter((each) => each.destination === destination).map(({ event }) => event.id);
  }
}

type TestSignal = { readonly name: string } & Partial<DeliverySignal & LaneSignal>;

export interface StartedBus {
  readonly bus: Bus<Events, Plugins>;
  readonly clock: VirtualClock;
  readonly sink: Recording;
  readonly store: Store;
  /** What `bus.events` told of deliveries and lanes, in order. */
  readonly signals: TestSignal[];
  readonly errors: BusError[];
  /** Ids of the events of the signals of this name. */
  told(name: string): readonly string[];
  /** Stops the bus, moving the clock as far as that takes, and asserts that no timer is left. Done at the end of the test by itself. */
  end(): Promise<void>;
}

/** How many buses run on a clock: its timers are counted when the last has stopped. */
const running = new WeakMap<VirtualClock, Set<unknown>>();

/** A bus that runs on a virtual clock, with one sink "hooks" that records what it gets and answers by script. */
export async function aStartedBus(script: BusScript = {}): Promise<StartedBus> {
  const { clock = virtualClock(), store = memoryStore(), random = () => 0.5, others = {} } = script;
  const { concurrency, stopTimeoutMs, maxBacklog, onFull, retention } = script;
  const sink = new Recording();
  const bus = createBus({
    name: "test",
    events: EVENTS,
    store,
    sinks: { hooks: aSink(script, clock, sink), ...others },
    provide: [provide(CLOCK, clock), provide(RANDOM, random)],
    ...(concurrency !== undefined && { concurrency }),
    ...(stopTimeoutMs !== undefined && { stopTimeoutMs }),
    ...(maxBacklog !== undefined && { maxBacklog }),
    ...(onFull !== undefined && { onFull }),
    ...(retention !== undefined && { retention }),
  });
  const signals: TestSignal[] = [];
  const errors: BusError[] = [];
  for (const name of ["delivered", "skipped", "retrying", "dead"] as const)
    bus.events.on(name, (signal) => void signals.push({ name, ...signal }));
  for (const name of ["paused", "resumed", "disabled"] as const)
    bus.events.on(name, (signal) => void signals.push({ name, ...signal }));
  bus.events.on("error", (error) => void errors.push(error));
  const end = async (): Promise<void> => {
    await moved(clock, bus.stop());
    await clock.settled();
    buses.delete(bus);
    if (buses.size === 0) expect(clock.timers).toBe(0);
  };
  const buses = running.get(clock) ?? new Set();
  running.set(clock, buses.add(bus));
  onTestFinished(end);
  await bus.start();
  return {
    bus,
    clock,
    sink,
    store,
    signals,
    errors,
    end,
    told: (name) => signals.flatMap((signal) => (signal.name === name && signal.eventId ? [signal.eventId] : [])),
  };
}

/** A sink plugin that records in `sink`. */
export function aSink(
  script: SinkScript,
  clock: VirtualClock,
  sink: Recording = new Recording(),
): SinkPlugin<undefined, undefined> {
  const { destinations, fixedDestinations, batch, policy = {}, policyOf } = script;
  const deliver = script.deliver ?? answering(script.answers ?? {});
  const startedAt = clock.steady();
  const factory = defineSink({
    name: "recorder",
    options: z.object({}),
    deps: { lanes: LANES, owed: DELIVERIES },
    create: ({ deps }): Sink<undefined> => ({
      start: async () => {
        sink.lanes = deps.lanes;
        sink.owed = deps.owed;
        await script.atStart?.(deps.lanes);
      },
      ...(batch && { batch }),
      ...(policyOf && { policy: policyOf }),
      ...(fixedDestinations && { fixedDestinations }),
      ...(destinations && { destinations: typeof destinations === "function" ? destinations : () => destinations }),
      deliver: async (deliveries, context) => {
        sink.calls.push({
          destination: deliveries[0]?.destination ?? "",
          ids: deliveries.map(({ event }) => event.id),
          attempts: deliveries.map(({ attempt }) => attempt),
          at: clock.steady() - startedAt,
        });
        sink.deliveries.push(...deliveries);
        sink.signals.push(context.signal);
        sink.underWay += 1;
        sink.mostUnderWay = Math.max(sink.mostUnderWay, sink.underWay);
        try {
          return await deliver(deliveries, context);
        } finally {
          sink.underWay -= 1;
        }
      },
    }),
  });
  return factory({}, policy);
}

function answering(answers: Answers): Sink["deliver"] {
  const left = new Map(Object.entries(answers).map(([id, outcomes]) => [id, [...outcomes]]));
  return (deliveries, context) =>
    Promise.all(
      deliveries.map(({ event }) => {
        const answer = left.get(event.id)?.shift() ?? delivered();
        return answer === "hang" ? untilAborted(context) : answer;
      }),
    );
}

/** Never ends by itself. */
export function untilAborted({ signal }: DeliverContext): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

export function anEvent(over: { id?: string; key?: string; data?: unknown } = {}): PublishManyEntry<Events> {
  const { data = {}, ...options } = over;
  return { type: "message.created", data, ...options };
}

/** `<prefix>0`, `<prefix>1` and so on. */
export function events(
  count: number,
  over: { key?: string; data?: unknown } = {},
  prefix = "e",
): PublishManyEntry<Events>[] {
  return Array.from({ length: count }, (_, index) => anEvent({ id: `${prefix}${index}`, ...over }));
}

/** Ends when the test has moved the clock on by `ms`. */
export function elapsed(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(resolve, ms));
}

/** Waits for `work`, moving the clock on while it takes time. */
export async function moved<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const progress = { isDone: false };
  const done = work.finally(() => {
    progress.isDone = true;
  });
  done.catch(() => undefined);
  for (let turn = 0; turn < 200 && !progress.isDone; turn += 1) await clock.advance(turn < 3 ? 0 : 1_000);
  return done;
}
