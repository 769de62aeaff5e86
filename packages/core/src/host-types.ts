import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { DependencyContainer } from "tsyringe";
import type { BusSignals } from "./bus-signals.ts";
import type { Deliveries } from "./deliveries.ts";
import type { EventInput, EventOf, EventSchemas, EventType, Matching, PatternFor } from "./event-types.ts";
import type { PublishOptions } from "./event.ts";
import type { BusInspection } from "./inspect.ts";
import type { Lanes } from "./lanes.ts";
import type { AnySinkPlugin, AnySourcePlugin, ApiOf } from "./plugin-types.ts";
import type { Store } from "./store/store.ts";
import type { Provider } from "./token.ts";

export type Sinks = Readonly<Record<string, AnySinkPlugin>>;
export type Sources = Readonly<Record<string, AnySourcePlugin>>;

/** The type of `createBus`. */
export type CreateBus = <
  E extends EventSchemas,
  // `{}` where the host has none: their keys are then no names at all, not every string.
  S extends Sinks = {},
  R extends Sources = {},
  // The `on` of each route, in order: what TypeScript infers, to type the rest of each route by it.
  const Ons extends readonly Patterns[] = readonly Patterns[],
>(
  options: BusOptions<E, S, R, Ons>,
) => Bus<E, S, R>;

export interface BusOptions<
  E extends EventSchemas,
  S extends Sinks = {},
  R extends Sources = {},
  Ons extends readonly Patterns[] = readonly Patterns[],
> {
  /** The CloudEvents `source` of what this bus publishes. */
  readonly name: string;
  /** Event type → Standard Schema of its data. */
  readonly events: E;
  readonly sinks?: S;
  readonly sources?: R;
  // Not `readonly [...{ }]`: under a spread, each route would be typed by the patterns of all.
  /** @default each sink gets the types it accepts */
  readonly routes?: { readonly [I in keyof Ons]: Route<E, S, Ons[I]> };
  /** @default memoryStore() */
  readonly store?: Store;
  /** Services of the host's that plugins depend on. */
  readonly provide?: readonly Provider[];
  /** The host's own container, asked after `provide`. Nothing is registered in it. */
  readonly container?: DependencyContainer;
  /** Whether data is checked, and defaults and transforms applied, at publish. @default true */
  readonly validate?: boolean;
  /** Unfinished deliveries the store may hold. */
  readonly maxBacklog?: number;
  /** What `publish` does at `maxBacklog`. @default "reject" */
  readonly onFull?: "reject" | "wait";
  /**
   * How long finished deliveries stay for replay: until they are older than `ageMs` or, oldest first, all of them take more than `bytes`. Dead
   * letters stay for `deadLetterAgeMs`, whatever they take.
   *
   * @default 24 h, 64 MiB, 30 days
   */
  readonly retention?: { readonly ageMs?: number; readonly bytes?: number; readonly deadLetterAgeMs?: number };
  /** How long each step of `stop` may take. */
  readonly stopTimeoutMs?: number;
  /** `deliver` calls under way in the whole bus. */
  readonly concurrency?: number;
}

/** One pattern, or several of which one must match. */
export type Patterns = string | readonly string[];

/** Sends the events of a pattern, or of several, to a sink. `On` is the literal type of what the host wrote as `on`. */
export type Route<E extends EventSchemas, S extends Sinks, On extends Patterns> = {
  // Apart from the rest, which is opaque until `E` and `S` are known: `On` is inferred from here.
  readonly on: CheckedPatterns<E, On>;
} & RouteTo<E, S, Matching<EventType<E>, PatternsIn<On>>>;

type PatternsIn<On extends Patterns> = On extends readonly string[] ? On[number] : On & string;

/** `On` itself, with an error in the place of each pattern that matches nothing. */
type CheckedPatterns<E extends EventSchemas, On extends Patterns> = On extends readonly string[]
  ? { readonly [I in keyof On]: PatternFor<E, On[I] & string> }
  : PatternFor<E, On & string>;

/** One member per sink; `to` picks it, and with it the types of `where` and `map`. */
type RouteTo<E extends EventSchemas, S extends Sinks, T extends EventType<E>> = [keyof S] extends [never]
  ? { readonly to: "This bus has no sinks" }
  : { [K in keyof S & string]: RouteToSink<E, K, S[K]["accepts"], T> }[keyof S & string];

type RouteToSink<
  E extends EventSchemas,
  K extends string,
  Accepts extends EventSchemas | undefined,
  T extends EventType<E>,
> = {
  readonly to: K;
  /** Whether the event goes there. Called at publish: a throw rejects it. */
  readonly where?: (event: EventOf<E, T>) => boolean;
} & MapFor<E, K, Accepts, T, Unfit<E, Accepts, T>>;

type MapFor<
  E extends EventSchemas,
  K extends string,
  Accepts extends EventSchemas | undefined,
  T extends EventType<E>,
  Misfit extends string,
> = [Misfit] extends [never]
  ? { readonly map?: (event: EventOf<E, T>) => MappedTo<Accepts> }
  : MapNeeded<`Sink "${K}" does not accept "${Misfit}" as it is`, EventOf<E, T>, MappedTo<Accepts>>;

/** An interface, because the compiler prints its name and arguments, and so the reason, where `map` is missing. */
interface MapNeeded<_Reason extends string, Event, Mapped> {
  /**
   * What the sink gets instead. Called at publish: a throw rejects it. Write the parameter even where it is not used: without one,
   * TypeScript types the function before it knows the sink, and the returned `type` widens to string.
   */
  readonly map: (event: Event) => Mapped;
}

/** What a map may return: an event that the sink accepts. */
export type MappedTo<Accepts extends EventSchemas | undefined> = Accepts extends EventSchemas
  ? { [T in EventType<Accepts>]: { readonly type: T; readonly data: EventInput<Accepts, T> } }[EventType<Accepts>]
  : { readonly type: string; readonly data: unknown };

/** The event types among `T` that the sink does not take as the host publishes them. */
type Unfit<
  E extends EventSchemas,
  Accepts extends EventSchemas | undefined,
  T extends EventType<E>,
> = Accepts extends EventSchemas
  ? // Distributes over T.
    T extends EventType<Accepts>
    ? StandardSchemaV1.InferOutput<E[T]> extends EventInput<Accepts, T>
      ? never
      : T
    : T
  : never;

export type BusState = "idle" | "starting" | "running" | "stopping" | "stopped";

/** An event bus, made by `createBus`. It does nothing before `start`. */
export interface Bus<E extends EventSchemas, S extends Sinks = {}, R extends Sources = {}> {
  readonly name: string;
  readonly state: BusState;

  /** Opens the store, then starts the sinks, then the sources. When one fails, what had started is stopped again. @throws {BusError} BUS_START_FAILED */
  start(): Promise<void>;
  /** Stops the sources, finishes what is in flight, closes the sinks and the store. What is left stays in the store. Idempotent. */
  stop(): Promise<void>;

  /** Resolves once the event is stored; rejects when it is not. */
  publish<T extends EventType<E>>(type: T, data: EventInput<E, T>, options?: PublishOptions): Promise<EventOf<E, T>>;
  /** Stores all or none. */
  publishMany(entries: readonly PublishManyEntry<E>[]): Promise<readonly EventOf<E, EventType<E>>[]>;
  /** Calls `listener` in this process for each event published from now on; what it throws is reported, and harms nobody. Returns the end of it. */
  on<const P extends string>(
    pattern: PatternFor<E, P> | readonly PatternFor<E, P>[],
    listener: (event: EventOf<E, Matching<EventType<E>, P>>) => unknown,
  ): () => void;

  readonly deliveries: Deliveries;
  readonly lanes: Lanes;
  /** What each sink offers the host. */
  readonly sinks: { readonly [K in keyof S]: ApiOf<S[K]> };
  /** What each source offers the host. */
  readonly sources: { readonly [K in keyof R]: ApiOf<R[K]> };
  readonly events: BusSignals;
  /** The wiring, as a value to print or draw. Works before `start`. */
  inspect(): BusInspection;
}

/** One event for `publishMany`. */
export type PublishManyEntry<E extends EventSchemas> = {
  [T in EventType<E>]: PublishOptions & { readonly type: T; readonly data: EventInput<E, T> };
}[EventType<E>];
