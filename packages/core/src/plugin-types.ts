import type { EventSchemas } from "./event-types.ts";
import type { Logger } from "./logger.ts";
import type { DeliveryPolicy, Sink } from "./sink.ts";
import type { Source } from "./source.ts";
import type { Token } from "./token.ts";

/** What `defineSink`'s factories return: what a host puts in `sinks`. Frozen; nothing is connected before the bus starts. */
export interface SinkPlugin<
  Accepts extends EventSchemas | undefined = EventSchemas | undefined,
  Api = unknown,
> extends Plugin<Sink<Api>> {
  readonly kind: "sink";
  /** The event types it takes without a map; undefined: all. */
  readonly accepts: Accepts;
  readonly policy: DeliveryPolicy;
}

/** What `defineSource`'s factories return: what a host puts in `sources`. */
export interface SourcePlugin<Api = unknown> extends Plugin<Source<Api>> {
  readonly kind: "source";
}

interface Plugin<Made> {
  readonly name: string;
  /** Parsed. */
  readonly options: unknown;
  /** What it depends on, by the name under which `create` gets it. */
  readonly deps: Readonly<Record<string, Token<unknown>>>;
  /** Made for a dependency that nothing provides. */
  readonly defaults: Readonly<Record<string, () => unknown>>;
  readonly make: PluginMaker<Made>;
}

/** By function, or by class, whose constructor takes its parameters by token. */
export type PluginMaker<Made> =
  | { readonly create: (context: PluginContext) => Made }
  // `never[]`: a class of whatever parameters fits.
  | { readonly useClass: new (...args: never[]) => Made };

/** What `create` gets, before its plugin's own types are put on. */
interface PluginContext {
  readonly options: unknown;
  readonly deps: Readonly<Record<string, unknown>>;
  readonly logger: Logger;
}

/** Every sink plugin is one: both parameters occur in results only. */
export type AnySinkPlugin = SinkPlugin;
export type AnySourcePlugin = SourcePlugin;

/** What the host reaches as `bus.sinks.<name>` or `bus.sources.<name>`. */
export type ApiOf<P> =
  P extends SinkPlugin<EventSchemas | undefined, infer Api> ? Api : P extends SourcePlugin<infer Api> ? Api : never;
