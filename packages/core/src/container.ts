// tsyringe throws at import unless this polyfill comes first.
import "reflect-metadata";
import { container as root, inject, injectable, type DependencyContainer } from "tsyringe";
import { BusError } from "./errors.ts";
import { CLOCK, DELIVERIES, LANES, LOGGER, OPTIONS, PUBLISHER, RANDOM, STATE } from "./core-tokens.ts";
import type { Logger } from "./logger.ts";
import type { PluginDeliveries } from "./plugin-deliveries.ts";
import type { PluginLanes } from "./plugin-lanes.ts";
import type { PluginState } from "./plugin-state.ts";
import type { AnySinkPlugin, AnySourcePlugin, PluginMaker } from "./plugin-types.ts";
import type { Provider } from "./token.ts";

export { root as container, inject, injectable, type DependencyContainer };

/**
 * A bus's own container: a child of the host's, in which `provided` comes before what the host's has, and both before `defaults`. Neither the
 * host's container nor the global one gets anything registered, and none is ever disposed.
 */
export function busContainer(options: {
  host: DependencyContainer | undefined;
  provided: readonly Provider[];
  defaults: readonly Provider[];
}): DependencyContainer {
  const { host, provided, defaults } = options;
  const container = (host ?? root).createChildContainer();
  for (const { token, value } of provided) register(container, token, value);
  for (const { token, value } of defaults) if (!container.isRegistered(token, true)) register(container, token, value);
  return container;
}

/** What a plugin is made of. */
export interface PluginParts<Made> {
  /** For messages: `Sink "crm"`. */
  readonly place: string;
  readonly plugin: Pick<AnySinkPlugin | AnySourcePlugin, "options" | "deps" | "defaults"> & {
    readonly make: PluginMaker<Made>;
  };
  readonly parent: DependencyContainer;
  readonly state: PluginState;
  /** A sink's. */
  readonly lanes?: PluginLanes;
  readonly deliveries?: PluginDeliveries;
  /** Called with each service made for the plugin alone, of `defaults`: the bus stops them after the plugin. */
  readonly owns: (service: unknown) => void;
}

/**
 * Makes a plugin in a container of its own, which holds what the plugin declared, and core's tokens; the rest of the host's stays out of reach.
 *
 * @throws {BusError} BUS_DEPENDENCY_MISSING naming the plugin and the token; BUS_PLUGIN_INVALID for one it did not declare.
 */
export function makePlugin<Made>({ place, plugin, parent, state, lanes, deliveries, owns }: PluginParts<Made>): Made {
  const container = root.createChildContainer();
  const logger = loggerOf(place, parent.resolve<Logger>(LOGGER));
  for (const token of [CLOCK, RANDOM, PUBLISHER]) register(container, token, parent.resolve(token));
  register(container, OPTIONS, plugin.options);
  register(container, STATE, state);
  if (lanes) register(container, LANES, lanes);
  if (deliveries) register(container, DELIVERIES, deliveries);
  register(container, LOGGER, logger);
  const deps = Object.fromEntries(
    Object.entries(plugin.deps).map(([name, token]) => {
      if (container.isRegistered(token)) return [name, container.resolve(token)];
      const isProvided = parent.isRegistered(token, true);
      const makeDefault = Object.hasOwn(plugin.defaults, name) ? plugin.defaults[name] : undefined;
      if (!isProvided && !makeDefault) throw new BusError("BUS_DEPENDENCY_MISSING", [place, token]);
      const service = isProvided || !makeDefault ? parent.resolve(token) : makeDefault();
      if (!isProvided) owns(service);
      register(container, token, service);
      return [name, service];
    }),
  );
  if ("create" in plugin.make) return plugin.make.create({ options: plugin.options, deps, logger });
  return instanceOf(place, plugin.make.useClass, container, parent);
}

function instanceOf<Made>(
  place: string,
  useClass: new (...args: never[]) => Made,
  container: DependencyContainer,
  parent: DependencyContainer,
): Made {
  try {
    return container.resolve<Made>(useClass as new (...args: unknown[]) => Made);
  } catch (cause) {
    const missing = /unregistered dependency token: "([^"]+)"/.exec(cause instanceof Error ? cause.message : "")?.[1];
    if (missing === undefined) throw cause;
    if (!parent.isRegistered(missing, true)) throw new BusError("BUS_DEPENDENCY_MISSING", [place, missing], { cause });
    throw new BusError("BUS_PLUGIN_INVALID", [place, `injects "${missing}" without naming it in its deps`], { cause });
  }
}

/** By a factory, because tsyringe takes a null or undefined instance for none. */
function register(container: DependencyContainer, token: string, value: unknown): void {
  container.register(token, { useFactory: () => value });
}

/** Says which plugin speaks. */
function loggerOf(plugin: string, logger: Logger): Logger {
  return {
    debug: (fields, message) => logger.debug({ plugin, ...fields }, message),
    info: (fields, message) => logger.info({ plugin, ...fields }, message),
    warn: (fields, message) => logger.warn({ plugin, ...fields }, message),
    error: (fields, message) => logger.error({ plugin, ...fields }, message),
  };
}
