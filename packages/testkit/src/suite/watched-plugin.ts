import {
  CLOCK,
  container,
  DELIVERIES,
  LANES,
  LOGGER,
  OPTIONS,
  PUBLISHER,
  RANDOM,
  STATE,
  type AnySinkPlugin,
  type AnySourcePlugin,
  type DependencyContainer,
  type Sink,
  type Source,
  type Token,
} from "@bus/core";

/** Those that core has for each kind of plugin, declared or not. */
const CORE_TOKENS = {
  sink: [CLOCK, DELIVERIES, LANES, LOGGER, OPTIONS, PUBLISHER, RANDOM, STATE],
  source: [CLOCK, LOGGER, OPTIONS, PUBLISHER, RANDOM, STATE],
} as const;

type AnyPlugin = AnySinkPlugin | AnySourcePlugin;
type MadeBy<Plugin extends AnyPlugin> = Plugin extends AnySinkPlugin ? Sink : Source;

/**
 * The same plugin, of whose instances `watch` gives what the bus gets instead. One that is a class is made as the bus would, by a container that
 * holds what it declared. `undeclared` is told of each service that the plugin asks for all the same, as it is made: by a name in `deps`, or by a token,
 * of the container that is its own or of the one that all share.
 */
export function watchedPlugin<Plugin extends AnyPlugin>(
  plugin: Plugin,
  watch: (made: MadeBy<Plugin>) => MadeBy<Plugin>,
  undeclared?: (service: string) => void,
): Plugin {
  const { make } = plugin;
  if ("create" in make) {
    const create = (context: Parameters<typeof make.create>[0]): unknown => {
      if (!undeclared) return watch(make.create(context) as MadeBy<Plugin>);
      const deps = toldOf(context.deps, undeclared);
      return watch(whileOverheard(container, undeclared, () => make.create({ ...context, deps })) as MadeBy<Plugin>);
    };
    return copyOf(plugin, { make: { create } });
  }
  const tokens: readonly Token<unknown>[] = [...CORE_TOKENS[plugin.kind], ...Object.values(plugin.deps)];
  const create = ({ deps }: { readonly deps: Readonly<Record<string, unknown>> }): unknown => {
    const own = container.createChildContainer();
    for (const [index, token] of tokens.entries()) own.register(token, { useFactory: () => deps[`#${index}`] });
    const made = (): MadeBy<Plugin> => own.resolve(make.useClass as new (...args: unknown[]) => MadeBy<Plugin>);
    if (!undeclared) return watch(made());
    const tell = (token: string): void => {
      if (!own.isRegistered(token)) undeclared(token);
    };
    return watch(whileOverheard(own, tell, () => whileOverheard(container, undeclared, made)));
  };
  const names = new Map(Object.entries(plugin.deps).map(([name, token]) => [token, name]));
  const defaults = Object.fromEntries(
    tokens.flatMap((token, index) => {
      const makeDefault = plugin.defaults[names.get(token) ?? ""];
      return makeDefault ? [[`#${index}`, makeDefault]] : [];
    }),
  );
  const deps = Object.fromEntries(tokens.map((token, index) => [`#${index}`, token]));
  return copyOf(plugin, { make: { create }, deps, defaults });
}

/** Tells of each name that is read without being there. */
function toldOf(
  deps: Readonly<Record<string, unknown>>,
  undeclared: (name: string) => void,
): Readonly<Record<string, unknown>> {
  return new Proxy(deps, {
    get: (target, name) => {
      if (typeof name === "string" && !Object.hasOwn(target, name)) undeclared(name);
      return Reflect.get(target, name);
    },
  });
}

/** Tells of each token that the container is asked for while the work is done. */
function whileOverheard<T>(asked: DependencyContainer, tell: (token: string) => void, work: () => T): T {
  const { resolve } = asked;
  asked.resolve = (token, ...rest) => {
    if (typeof token === "string") tell(token);
    return resolve.call(asked, token, ...rest) as never;
  };
  try {
    return work();
  } finally {
    asked.resolve = resolve;
  }
}

/** Its options are not enumerable: they may hold secrets. */
function copyOf<Plugin extends AnyPlugin>(plugin: Plugin, changes: object): Plugin {
  const copy = Object.defineProperty({ ...plugin, ...changes }, "options", { value: plugin.options });
  return Object.freeze(copy);
}
