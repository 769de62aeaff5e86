import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Making, PluginDefinition } from "./define-sink.ts";
import { checkDefinition, parseOptions, pluginWith } from "./plugin-definition.ts";
import type { SourcePlugin } from "./plugin-types.ts";
import type { Source } from "./source.ts";
import type { Token } from "./token.ts";

export type SourceDefinition<
  Schema extends StandardSchemaV1,
  Deps extends Readonly<Record<string, Token<unknown>>>,
  Api,
> = PluginDefinition<Schema, Deps> & Making<Source<Api>, StandardSchemaV1.InferOutput<Schema>, Deps>;

/**
 * Makes the factory a host calls: `tags: kgPushSource(options)`.
 *
 * @throws {BusError} BUS_OPTION_INVALID from the factory; BUS_PLUGIN_INVALID for a wrong definition.
 */
export function defineSource<
  Schema extends StandardSchemaV1,
  const Deps extends Readonly<Record<string, Token<unknown>>> = {},
  Api = undefined,
>(
  definition: SourceDefinition<Schema, Deps, Api>,
): (options: StandardSchemaV1.InferInput<Schema>) => SourcePlugin<Api> {
  checkDefinition("defineSource", definition);
  const { name, deps = {}, defaults = {} } = definition;
  return (rawOptions) => {
    const options = parseOptions(`The options of source "${name}"`, definition.options, rawOptions);
    return pluginWith(options, {
      kind: "source",
      name,
      deps,
      defaults,
      make: definition,
    }) as unknown as SourcePlugin<Api>;
  };
}
