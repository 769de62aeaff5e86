import { Backlog } from "./backlog.ts";
import type { BusSignals } from "./bus-signals.ts";
import { systemClock, type Clock } from "./clock.ts";
import { busContainer, type DependencyContainer } from "./container.ts";
import { CLOCK, LOGGER, PUBLISHER, RANDOM } from "./core-tokens.ts";
import { StoredDeliveries } from "./deliveries.ts";
import { DeliveryEngine, type EngineOptions } from "./delivery/delivery-engine.ts";
import type { ResolvedPolicy } from "./delivery/delivery-policy.ts";
import { LaneTargets } from "./delivery/lane-targets.ts";
import { withDeadline } from "./delivery/with-deadline.ts";
import { BusError } from "./errors.ts";
import { EventPublisher } from "./event-publisher.ts";
import type { BusEvent, PublishOptions } from "./event.ts";
import type { EventSchemas } from "./event-types.ts";
import type { BusState, Sinks, Sources } from "./host-types.ts";
import { inspectionOf, type BusInspection } from "./inspect.ts";
import { StoredLanes } from "./lanes.ts";
import { Listeners } from "./listeners.ts";
import { silentLogger, type Logger } from "./logger.ts";
import { pluginDeliveries } from "./plugin-deliveries.ts";
import { pluginLanes } from "./plugin-lanes.ts";
import { PluginHost, type SinkReach, type StopFault } from "./plugin-host.ts";
import { Replays } from "./replays.ts";
import { typesMatching, type RoutePlan } from "./route-plan.ts";
import { Signals } from "./signals.ts";
import type { Publisher, PublishEntry } from "./source.ts";
import type { LaneId, LaneStatus, Store } from "./store/store.ts";
import type { Provider } from "./token.ts";

/** What `createBus` makes of the host's options: checked, with nothing left open. */
export interface CheckedOptions {
  readonly name: string;
  readonly events: EventSchemas;
  readonly sinks: Sinks;
  readonly sources: Sources;
  readonly plan: RoutePlan;
  readonly policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly store: Store;
  readonly provide: readonly Provider[];
  readonly container: DependencyContainer | undefined;
  readonly validate: boolean;
  readonly maxBacklog: number;
  readonly onFull: "reject" | "wait";
  readonly retention: EngineOptions["retention"];
  readonly stopTimeoutMs: number;
  readonly concurrency: number;
}

/** The bus: composition and lifecycle. The work of each part is in its own file. */
export class EventBus {
  readonly name: string;
  readonly events: BusSignals;
  readonly deliveries: StoredDeliveries;
  readonly lanes: StoredLanes;
  readonly sinks: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, unknown>>;
  readonly #options: CheckedOptions;
  readonly #container: DependencyContainer;
  readonly #clock: Clock;
  readonly #signals: Signals;
  readonly #listeners: Listeners;
  readonly #plugins: PluginHost;
  readonly #targets = new LaneTargets();
  readonly #backlog: Backlog;
  readonly #publisher: EventPublisher;
  readonly #engine: DeliveryEngine;
  readonly #replays: Replays;
  #state: BusState = "idle";
  /** Plugins publish from before the bus is running until the sources are stopped. */
  #takesFromPlugins = false;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: CheckedOptions) {
    const { name, store, sinks, sources, stopTimeoutMs } = options;
    this.#options = options;
    this.name = name;
    this.#container = this.#makeContainer();
    const clock = this.#container.resolve<Clock>(CLOCK);
    const random = this.#container.resolve<() => number>(RANDOM);
    const signals = new Signals(this.#container.resolve<Logger>(LOGGER));
    const report = (error: BusError): void => signals.report(error);
    this.#clock = clock;
    this.#signals = signals;
    this.#listeners = new Listeners(report);
    this.#plugins = new PluginHost({ clock, stopTimeoutMs });
    this.#backlog = new Backlog({ store, clock, max: options.maxBacklog, onFull: options.onFull });
    this.#publisher = new EventPublisher({
      source: name,
      events: options.events,
      isValidating: options.validate,
      plan: options.plan,
      backlog: this.#backlog,
      keepsUnrouted: store.keepsUnrouted,
      clock,
      random,
      places: (sink, type, event) => this.#targets.places(sink, type, event),
      stored: (entries) => {
        for (const { deliveries } of entries) this.#engine.arrived(deliveries);
      },
      published: (event) => {
        signals.published(event);
        this.#listeners.dispatch(event);
      },
    });
    this.#engine = new DeliveryEngine({
      store,
      clock,
      random,
      report,
      concurrency: options.concurrency,
      retention: options.retention,
      sinks: Object.keys(sinks),
      target: (lane) => this.#targets.of(lane),
      settled: (delivery, settlement) => {
        if (settlement.state !== "pending") this.#backlog.freed();
        signals.settled(delivery, settlement);
      },
      laneChanged: (lane, status) => signals.laneChanged(lane, status),
    });
    const open = (operation: string): Store => this.#openStore(operation);
    const changed = (): void => this.#storeChanged();
    const replays = new Replays({ store, clock, random, report, changed });
    this.#replays = replays;
    this.events = signals.emitter;
    this.deliveries = new StoredDeliveries({ open, replays, now: () => clock.steady(), changed });
    this.lanes = this.#storedLanes("bus.lanes", open);
    this.sinks = this.#apis("sinks", Object.keys(sinks));
    this.sources = this.#apis("sources", Object.keys(sources));
  }

  get state(): BusState {
    return this.#state;
  }

  async start(): Promise<void> {
    if (this.#state === "idle") this.#starting = this.#start();
    if (this.#state !== "starting") throw new BusError("BUS_START_REPEATED", [this.#state]);
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  publish(type: string, data: unknown, options?: PublishOptions): Promise<BusEvent> {
    // Not async: a promise in a promise costs as much as a listener.
    if (this.#state !== "running") return Promise.reject(this.#notRunning("publish()"));
    return this.#publisher.publish(type, data, options);
  }

  async publishMany(entries: readonly PublishEntry[]): Promise<readonly BusEvent[]> {
    this.#assertRunning("publishMany()");
    return this.#publisher.publishMany(entries);
  }

  on(patterns: string | readonly string[], listener: (event: BusEvent) => unknown): () => void {
    if (typeof listener !== "function")
      throw new BusError("BUS_OPTION_INVALID", ["bus.on()", "its listener must be a function"]);
    const types = typesMatching("bus.on()", patterns, Object.keys(this.#options.events));
    return this.#listeners.add([...types], listener);
  }

  inspect(): BusInspection {
    const { name, store, sources, sinks, plan } = this.#options;
    return inspectionOf({ name, store: store.name, sources, sinks, plan });
  }

  async #start(): Promise<void> {
    const { store, sinks, sources, policies } = this.#options;
    const clock = this.#clock;
    this.#state = "starting";
    try {
      await this.#openTheStore();
      this.#plugins.make(sinks, sources, this.#container, { stateStore: store.state, reachOf: this.#sinkReach() });
      await this.#plugins.startSinks();
      const arrived = (lanes: readonly LaneId[]): void => this.#engine.arrived(lanes);
      const report = (error: BusError): void => this.#signals.report(error);
      for (const [name, sink] of this.#plugins.sinks) {
        const policy = policies.get(name);
        if (policy) this.#targets.add(name, sink, policy, { store, clock, arrived, report });
      }
      await this.#reportStrayLanes();
      this.#engine.start();
      this.#takesFromPlugins = true;
      await this.#plugins.startSources(this.#pluginPublisher());
      this.#state = "running";
      this.#replays.takeUp();
    } catch (cause) {
      const faults = await this.#wind();
      for (const { name, error } of faults)
        this.#signals.report(new BusError("BUS_STOP_FAILED", [name], { cause: error }));
      throw cause;
    }
  }

  async #stop(): Promise<void> {
    // A start under way ends first; if it fails, it has stopped everything and told its caller.
    await this.#starting?.catch(() => undefined);
    if (this.#state !== "running") {
      this.#state = "stopped";
      return;
    }
    this.#state = "stopping";
    const faults = await this.#wind();
    if (faults.length === 0) return;
    const names = faults.map(({ name }) => name).join(", ");
    const cause = new AggregateError(faults.map(({ error }) => error));
    throw new BusError("BUS_STOP_FAILED", [names], { cause });
  }

  /** Sources first, so that nothing more comes in; then what is in flight; then sinks and store. */
  async #wind(): Promise<readonly StopFault[]> {
    this.#backlog.endWaiting();
    const faults = [...(await this.#plugins.stopSources())];
    this.#takesFromPlugins = false;
    this.#backlog.close();
    const replays = this.#ended("a replay", "pause", () => this.#replays.stop());
    await this.#engine.stop(this.#options.stopTimeoutMs);
    faults.push(...(await replays));
    faults.push(...(await this.#plugins.stopSinks()));
    faults.push(...(await this.#ended("the store", "close", () => this.#options.store.close())));
    this.#state = "stopped";
    return faults;
  }

  async #openTheStore(): Promise<void> {
    try {
      await this.#options.store.open();
    } catch (cause) {
      throw BusError.is(cause) ? cause : new BusError("BUS_START_FAILED", ["The store"], { cause });
    }
  }

  async #ended(name: string, how: string, end: () => Promise<void>): Promise<readonly StopFault[]> {
    try {
      await withDeadline(`The ${how} of ${name}`, end, { timeoutMs: this.#options.stopTimeoutMs, clock: this.#clock });
      return [];
    } catch (error) {
      return [{ name, error }];
    }
  }

  /** Work of a sink that was renamed or removed stays in the store; somebody must know. */
  async #reportStrayLanes(): Promise<void> {
    const { store, sinks } = this.#options;
    try {
      const all = new Set((await store.lanes()).map(({ sink }) => sink));
      const stray = [...all].filter((sink) => !Object.hasOwn(sinks, sink));
      for (const sink of stray) this.#signals.report(new BusError("BUS_STATE_UNKNOWN", [sink]));
    } catch (cause) {
      throw new BusError("BUS_START_FAILED", ["The store"], { cause });
    }
  }

  #makeContainer(): DependencyContainer {
    const { container: host, provide: provided } = this.#options;
    const defaults = [
      { token: CLOCK, value: systemClock },
      { token: RANDOM, value: Math.random },
      { token: LOGGER, value: silentLogger },
      { token: PUBLISHER, value: this.#pluginPublisher() },
    ];
    return busContainer({ host, provided, defaults });
  }

  #pluginPublisher(): Publisher {
    const assertOpen = (operation: string): void => {
      if (!this.#takesFromPlugins) throw new BusError("BUS_NOT_RUNNING", [operation, this.#state]);
    };
    return {
      publish: async (type, data, options) => {
        assertOpen("publish()");
        return this.#publisher.publish(type, data, options);
      },
      publishMany: async (entries) => {
        assertOpen("publishMany()");
        return this.#publisher.publishMany(entries);
      },
    };
  }

  #storedLanes(place: string, open: (operation: string) => Store): StoredLanes {
    const { sinks } = this.#options;
    return new StoredLanes({ place, sinks, open, changed: (lane, status) => this.#laneChanged(lane, status) });
  }

  /** Sinks have their lanes and deliveries as long as they are started, which begins before the bus is running and lasts until the store closes. */
  #sinkReach(): (sink: string) => SinkReach {
    const open = (operation: string): Store => {
      if (this.#state === "stopped") throw new BusError("BUS_NOT_RUNNING", [operation, this.#state]);
      return this.#options.store;
    };
    const lanes = this.#storedLanes("LANES", open);
    const now = (): number => this.#clock.steady();
    const refresh = (lane: LaneId): void => this.#engine.refresh(lane);
    const changed = (): void => this.#storeChanged();
    return (sink) => ({
      lanes: pluginLanes(sink, { lanes, open, now, refresh, changed }),
      deliveries: pluginDeliveries(sink, { open, now, changed }),
    });
  }

  /** Getters, because plugins are made when the bus starts. */
  #apis(kind: "sinks" | "sources", names: readonly string[]): Readonly<Record<string, unknown>> {
    const apis = {};
    for (const name of names) {
      const get = (): unknown => {
        const plugin = this.#plugins[kind].get(name);
        if (!plugin) throw new BusError("BUS_NOT_RUNNING", [`bus.${kind}.${name}`, this.#state]);
        return plugin.api;
      };
      Object.defineProperty(apis, name, { get, enumerable: true });
    }
    return Object.freeze(apis);
  }

  #storeChanged(): void {
    this.#backlog.freed();
    this.#engine.wake();
  }

  async #laneChanged(lane: LaneId, status: LaneStatus): Promise<void> {
    this.#signals.laneChanged(lane, status);
    if (status.state === "active") this.#engine.wake();
    else await this.#engine.hold(lane);
  }

  #openStore(operation: string): Store {
    this.#assertRunning(operation);
    return this.#options.store;
  }

  #assertRunning(operation: string): void {
    if (this.#state !== "running") throw this.#notRunning(operation);
  }

  #notRunning(operation: string): BusError {
    return new BusError("BUS_NOT_RUNNING", [operation, this.#state]);
  }
}
