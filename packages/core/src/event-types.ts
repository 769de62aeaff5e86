import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { BusEvent } from "./event.ts";

/** The events of a host or plugin: type → Standard Schema of the data (zod, valibot, arktype, …). */
export type EventSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** The names of the event types. */
export type EventType<E extends EventSchemas> = keyof E & string;

/** What a publisher hands in as data: before the schema's defaults and transforms. */
export type EventInput<E extends EventSchemas, T extends EventType<E>> = StandardSchemaV1.InferInput<E[T]>;

/** The event as listeners and routes see it; a union of events for a union of types. */
export type EventOf<E extends EventSchemas, T extends EventType<E>> =
  // Distributes, so that checking `event.type` narrows `event.data`.
  T extends unknown ? BusEvent<T, StandardSchemaV1.InferOutput<E[T]>> : never;

/**
 * The event types that a pattern matches. Exact, but for a pattern that mixes `*` and `**`: there `*` is taken to match dots too, and
 * the result may hold types that never come.
 */
export type Matching<Types extends string, P extends string> = string extends Types
  ? Types // Types known only at run time: any pattern may match.
  : string extends P
    ? Types // A pattern known only at run time may match any type.
    : P extends `${string}**${string}`
      ? Extract<Types, Glob<P>>
      : P extends `${string}*${string}`
        ? WithDotsOf<P, Extract<Types, Glob<P>>>
        : Extract<Types, P>;

/** `P` where it matches an event type; else a literal that says so, for the compiler to print. */
export type PatternFor<E extends EventSchemas, P extends string> =
  // Distributes, so that a list of patterns is refused for its one bad pattern.
  P extends unknown ? ([Matching<EventType<E>, P>] extends [never] ? `No event type matches "${P}"` : P) : never;

/** Every run of stars becomes one `${string}`: two in a row would ask for at least one character. */
type Glob<P extends string> = P extends `${infer Head}*${infer Tail}`
  ? `${Head}${string}${Glob<Tail extends `*${infer AfterStar}` ? AfterStar : Tail>}`
  : P;

/** A `${string}` takes dots in, a single star does not: with as many dots as the pattern, no star can have taken one. */
type WithDotsOf<P extends string, Types extends string> = Types extends unknown
  ? Dots<Types> extends Dots<P>
    ? Types
    : never
  : never;

type Dots<S extends string> = S extends `${string}.${infer Rest}` ? `.${Dots<Rest>}` : "";
