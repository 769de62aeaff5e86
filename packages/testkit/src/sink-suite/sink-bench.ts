import {
  CLOCK,
  createBus,
  LOGGER,
  memoryStore,
  provide,
  type AnySinkPlugin,
  type DeliveryPolicy,
  type EventSchemas,
  type Provider,
  type Store,
} from "@bus/core";
import { SECRET } from "../suite/leak.ts";
import { virtualClock, type VirtualClock } from "../virtual-clock.ts";
import { anySchema } from "../suite/any-schema.ts";
import { LogBook } from "../suite/log-book.ts";
import { whileMoving } from "../suite/until.ts";
import { watchedPlugin } from "../suite/watched-plugin.ts";
import { RunningSink } from "./running-sink.ts";
import type { SinkSubject } from "./sink-subject.ts";
import type { OpenTarget } from "./sink-target.ts";
import { WatchedSink } from "./watched-sink.ts";

/** The key under which the suite's buses have the sink. */
export const SINK = "subject";

const ANOTHER_SECRET = "canary-1d88e0b5a94f3c72";

export interface StartOptions {
  /** @default a new one */
  readonly plugin?: AnySinkPlugin;
  /** @default this bench's */
  readonly store?: Store;
  /** @default what the author gives */
  readonly provide?: readonly Provider[];
  /** Over the plugin's own, field by field. */
  readonly policy?: DeliveryPolicy;
  /** Each ms of it takes some of real time. @default 50 */
  readonly stopTimeoutMs?: number;
  /** Whether all that the sink is handed is frozen, all the way down. @default false */
  readonly isFrozen?: boolean;
  /** Told of each service that the plugin asks for as it is made, without having declared it. */
  readonly undeclared?: (service: string) => void;
}

/** What one test has: a target of its own, and a store on which it starts one bus after the other. */
export class SinkBench {
  readonly subject: SinkSubject;
  readonly target: OpenTarget;
  readonly clock: VirtualClock = virtualClock();
  readonly store: Store = memoryStore();
  readonly secret: string = SECRET;
  readonly anotherSecret: string = ANOTHER_SECRET;
  /** All that was logged by the buses of this bench. */
  readonly log: LogBook = new LogBook();
  readonly #running: RunningSink[] = [];
  readonly #otherTargets: OpenTarget[] = [];

  constructor(subject: SinkSubject, target: OpenTarget) {
    this.subject = subject;
    this.target = target;
  }

  /** The markers of what has taken effect, in order. */
  get effects(): readonly string[] {
    return this.target.effects.map(({ marker }) => marker);
  }

  /** The sink as its author makes it. */
  plugin(extra: {} = {}): AnySinkPlugin {
    return this.subject.create({ url: this.target.url, secret: this.secret }, extra);
  }

  /** One more, beside the bench's. */
  async anotherTarget(): Promise<OpenTarget> {
    const target = await this.subject.target.open();
    this.#otherTargets.push(target);
    return target;
  }

  /** Starts a bus with the sink on this bench's store; it goes on with what the one before left there. */
  async start(options: StartOptions = {}): Promise<RunningSink> {
    const running = this.prepare(options);
    await whileMoving(this.clock, "the bus has started", running.bus.start());
    return running;
  }

  /** The bus, not started. */
  prepare(options: StartOptions = {}): RunningSink {
    const { subject, clock, log } = this;
    const { plugin = this.plugin(), store = this.store, provide: provided = subject.provide ?? [] } = options;
    const { policy, stopTimeoutMs = 50, isFrozen = false, undeclared } = options;
    const watched = new WatchedSink(isFrozen);
    const copy = watchedPlugin(plugin, (sink) => watched.watch(sink), undeclared);
    const bus = createBus<EventSchemas, { [SINK]: AnySinkPlugin }>({
      name: "suite",
      events: plugin.accepts ?? { [subject.event("").type]: anySchema },
      store,
      sinks: { [SINK]: policy ? withPolicy(copy, policy) : copy },
      stopTimeoutMs,
      provide: [provide(CLOCK, clock), provide(LOGGER, log.logger), ...provided],
    });
    const running = new RunningSink({ bus, watched, clock, event: subject.event });
    this.#running.push(running);
    return running;
  }

  /** Ends what a test has left: what it tells of a stop that fails is for the tests of stopping. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running.map((running) => running.stop()));
    await Promise.all([this.target, ...this.#otherTargets].map((target) => target.close()));
  }
}

function withPolicy(plugin: AnySinkPlugin, policy: DeliveryPolicy): AnySinkPlugin {
  const changed = { ...plugin, policy: { ...plugin.policy, ...policy } };
  return Object.freeze(Object.defineProperty(changed, "options", { value: plugin.options }));
}
