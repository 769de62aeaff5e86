import type { Clock } from "./clock.ts";
import { makePlugin, type DependencyContainer, type PluginParts } from "./container.ts";
import { checkBatch } from "./delivery/delivery-policy.ts";
import { withDeadline } from "./delivery/with-deadline.ts";
import { BusError } from "./errors.ts";
import type { Sinks, Sources } from "./host-types.ts";
import type { PluginDeliveries } from "./plugin-deliveries.ts";
import type { PluginLanes } from "./plugin-lanes.ts";
import { pluginState } from "./plugin-state.ts";
import type { Sink } from "./sink.ts";
import type { Publisher, Source } from "./source.ts";
import type { StateStore } from "./store/store.ts";

const START_TIMEOUT_MS = 30_000;

/** Something that did not stop cleanly. */
export interface StopFault {
  readonly name: string;
  readonly error: unknown;
}

/** What a sink reaches of the bus, beyond its state. */
export interface SinkReach {
  readonly lanes: PluginLanes;
  readonly deliveries: PluginDeliveries;
}

interface Stoppable {
  readonly name: string;
  stop(): unknown;
}

/**
 * The plugins' lifecycles: all are made before any is started; they start in the order written and stop in reverse, each step with a name and a
 * time-out. What was begun is stopped also when it failed to start.
 */
export class PluginHost {
  readonly sinks: Map<string, Sink> = new Map();
  readonly sources: Map<string, Source> = new Map();
  readonly #clock: Clock;
  readonly #stopTimeoutMs: number;
  readonly #sourcesToStop: Stoppable[] = [];
  readonly #sinksToStop: Stoppable[] = [];
  readonly #stoppingSources = new AbortController();

  constructor({ clock, stopTimeoutMs }: { clock: Clock; stopTimeoutMs: number }) {
    this.#clock = clock;
    this.#stopTimeoutMs = stopTimeoutMs;
  }

  /** @throws {BusError} BUS_DEPENDENCY_MISSING or BUS_PLUGIN_INVALID; BUS_START_FAILED for a plugin that throws as it is made. */
  make(
    sinks: Sinks,
    sources: Sources,
    parent: DependencyContainer,
    { stateStore, reachOf }: { stateStore: StateStore; reachOf: (sink: string) => SinkReach },
  ): void {
    for (const [name, plugin] of Object.entries(sinks)) {
      const place = `Sink "${name}"`;
      const state = pluginState(stateStore, `sink:${name}`);
      const sink = this.#made(this.#sinksToStop, { place, plugin, parent, state, ...reachOf(name) });
      assertHas(place, sink, "deliver");
      if (sink.destinations && sink.fixedDestinations)
        throw new BusError("BUS_PLUGIN_INVALID", [
          place,
          "has destinations() and fixedDestinations(): only one is meant",
        ]);
      if (sink.batch) checkBatch(place, sink.batch);
      this.sinks.set(name, sink);
    }
    for (const [name, plugin] of Object.entries(sources)) {
      const place = `Source "${name}"`;
      const state = pluginState(stateStore, `source:${name}`);
      const source = this.#made(this.#sourcesToStop, { place, plugin, parent, state });
      assertHas(place, source, "start");
      this.sources.set(name, source);
    }
  }

  /** @throws {BusError} BUS_START_FAILED */
  async startSinks(): Promise<void> {
    for (const [name, sink] of this.sinks)
      await this.#start({ name: `Sink "${name}"`, stop: () => sink.stop?.() }, this.#sinksToStop, (signal) =>
        sink.start?.({ signal }),
      );
  }

  /** @throws {BusError} BUS_START_FAILED */
  async startSources(publisher: Publisher): Promise<void> {
    const { signal } = this.#stoppingSources;
    for (const [name, source] of this.sources)
      await this.#start({ name: `Source "${name}"`, stop: () => source.stop?.() }, this.#sourcesToStop, () =>
        source.start(publisher, { signal }),
      );
  }

  stopSources(): Promise<readonly StopFault[]> {
    this.#stoppingSources.abort();
    return this.#stop(this.#sourcesToStop);
  }

  stopSinks(): Promise<readonly StopFault[]> {
    return this.#stop(this.#sinksToStop);
  }

  async #start(
    plugin: Stoppable,
    toStop: Stoppable[],
    start: (signal: AbortSignal) => Promise<void> | void,
  ): Promise<void> {
    toStop.push(plugin);
    try {
      await withDeadline(`The start of ${plugin.name}`, start, { timeoutMs: START_TIMEOUT_MS, clock: this.#clock });
    } catch (cause) {
      throw new BusError("BUS_START_FAILED", [plugin.name], { cause });
    }
  }

  async #stop(toStop: Stoppable[]): Promise<readonly StopFault[]> {
    const faults: StopFault[] = [];
    for (const { name, stop } of toStop.splice(0).toReversed()) {
      try {
        const options = { timeoutMs: this.#stopTimeoutMs, clock: this.#clock };
        await withDeadline(`The stop of ${name}`, async () => stop(), options);
      } catch (error) {
        faults.push({ name, error });
      }
    }
    return faults;
  }

  /** What was made for the plugin alone is stopped after it, also when the plugin itself could not be made. */
  #made<Made>(toStop: Stoppable[], parts: Omit<PluginParts<Made>, "owns">): Made {
    const { place } = parts;
    const owns = (service: unknown): void => {
      if (hasMethod(service, "stop")) toStop.push({ name: `A service of ${place}`, stop: () => service.stop() });
    };
    try {
      return makePlugin({ ...parts, owns });
    } catch (cause) {
      throw BusError.is(cause) ? cause : new BusError("BUS_START_FAILED", [place], { cause });
    }
  }
}

function assertHas(place: string, made: unknown, method: string): void {
  if (!hasMethod(made, method))
    throw new BusError("BUS_PLUGIN_INVALID", [place, `was made without the method ${method}()`]);
}

function hasMethod<Name extends string>(value: unknown, name: Name): value is Record<Name, () => unknown> {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}
