import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EventSchemas } from "./event-types.ts";
import type { Logger } from "./logger.ts";
import { checkDefinition, mergePolicies, parseOptions, pluginWith } from "./plugin-definition.ts";
import type { SinkPlugin } from "./plugin-types.ts";
import type { DeliveryPolicy, Sink } from "./sink.ts";
import type { Token } from "./token.ts";

/** What the values of `deps` are, by their tokens' types. */
type DepsOf<Deps extends Readonly<Record<string, Token<unknown>>>> = {
  readonly [K in keyof Deps]: Deps[K] extends Token<infer T> ? T : never;
};

/** How a plugin is made: by a function that gets what it declared, or by a class whose constructor takes it by token. */
export type Making<Made, Options, Deps extends Readonly<Record<string, Token<unknown>>>> =
  | {
      readonly create: (context: {
        readonly options: Options;
        readonly deps: DepsOf<Deps>;
        readonly logger: Logger;
      }) => Made;
      readonly useClass?: never;
    }
  | { readonly useClass: new (...args: never[]) => Made; readonly create?: never };

/** What every plugin declares. */
export interface PluginDefinition<
  Schema extends StandardSchemaV1,
  Deps extends Readonly<Record<string, Token<unknown>>>,
> {
  readonly name: string;
  /** Checks the options a host gives, and fills in their defaults. */
  readonly options: Schema;
  /** The services it needs; a bus that has none for a token does not start. */
  readonly deps?: Deps;
  /** Makes a service that nobody provides. The bus stops what these make, if it has a `stop` method. */
  readonly defaults?: { readonly [K in keyof Deps]?: () => DepsOf<Deps>[K] };
}

export type SinkDefinition<
  Schema extends StandardSchemaV1,
  Accepts extends EventSchemas | undefined,
  Deps extends Readonly<Record<string, Token<unknown>>>,
  Api,
> = PluginDefinition<Schema, Deps> & {
  /** The event types it understands as they are. @default all */
  readonly accepts?: Accepts;
  /** How the engine serves it unless the host says otherwise. */
  readonly policy?: DeliveryPolicy | ((options: StandardSchemaV1.InferOutput<Schema>) => DeliveryPolicy);
} & Making<Sink<Api>, StandardSchemaV1.InferOutput<Schema>, Deps>;

/**
 * Makes the factory a host calls: `hooks: webhookSink(options, policy)`. `policy` overrides how the engine serves the sink.
 *
 * @throws {BusError} BUS_OPTION_INVALID from the factory; BUS_PLUGIN_INVALID for a wrong definition.
 */
export function defineSink<
  Schema extends StandardSchemaV1,
  Accepts extends EventSchemas | undefined = undefined,
  const Deps extends Readonly<Record<string, Token<unknown>>> = {},
  Api = undefined,
>(
  definition: SinkDefinition<Schema, Accepts, Deps, Api>,
): (options: StandardSchemaV1.InferInput<Schema>, policy?: DeliveryPolicy) => SinkPlugin<Accepts, Api> {
  checkDefinition("defineSink", definition);
  const { name, accepts, deps = {}, defaults = {}, policy: ownPolicy = {} } = definition;
  return (rawOptions, policy = {}) => {
    const options = parseOptions(`The options of sink "${name}"`, definition.options, rawOptions);
    return pluginWith(options, {
      kind: "sink",
      name,
      accepts,
      deps,
      defaults,
      policy: mergePolicies(
        `The policy of sink "${name}"`,
        typeof ownPolicy === "function" ? ownPolicy(options) : ownPolicy,
        policy,
      ),
      make: definition,
    }) as unknown as SinkPlugin<Accepts, Api>;
  };
}
