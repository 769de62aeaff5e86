import {
  CLOCK,
  createBus,
  LOGGER,
  provide,
  type AnySinkPlugin,
  type AnySourcePlugin,
  type EventSchemas,
  type Provider,
} from "@bus/core";
import { SECRET } from "../suite/leak.ts";
import { anySchema } from "../suite/any-schema.ts";
import { LogBook } from "../suite/log-book.ts";
import { until } from "../suite/until.ts";
import { watchedPlugin } from "../suite/watched-plugin.ts";
import { virtualClock, type VirtualClock } from "../virtual-clock.ts";
import { Collector } from "./collector.ts";
import { RunningSource, type SuiteBus } from "./running-source.ts";
import { SourceStore, StoreContents } from "./source-store.ts";
import { declaredOf, type Declared, type SourceSubject } from "./source-subject.ts";
import type { OpenUpstream } from "./source-upstream.ts";
import { WatchedSource } from "./watched-source.ts";

export interface StartOptions {
  /** @default one of its own */
  readonly plugin?: AnySourcePlugin;
  /** @default those of the bench, which one bus after the other has */
  readonly contents?: StoreContents;
  /** Instead of what the host declares. */
  readonly events?: EventSchemas;
  readonly maxBacklog?: number;
  readonly stopTimeoutMs?: number;
  /** Whether the sink starts only when it is let. @default false */
  readonly isStartHeld?: boolean;
  /** Instead of what the host provides. */
  readonly provide?: readonly Provider[];
  /** Told of each service that the plugin asks for as it is made, without having declared it. */
  readonly undeclared?: (service: string) => void;
}

/** What one test has: an upstream of its own, and a store on which it starts one bus after the other. */
export class SourceBench {
  readonly subject: SourceSubject;
  readonly declared: Declared;
  readonly upstream: OpenUpstream;
  readonly clock: VirtualClock = virtualClock();
  readonly contents: StoreContents = new StoreContents();
  readonly secret: string = SECRET;
  /** All that was logged by the buses of this bench. */
  readonly log: LogBook = new LogBook();
  readonly #running: RunningSource[] = [];

  constructor(subject: SourceSubject, upstream: OpenUpstream) {
    this.subject = subject;
    this.declared = declaredOf(subject);
    this.upstream = upstream;
  }

  /** The event types that the host declares. */
  get events(): EventSchemas {
    return this.subject.events ?? { [this.subject.type]: anySchema };
  }

  /** The source as its author makes it. */
  plugin(extra: {} = {}): AnySourcePlugin {
    return this.subject.create({ upstream: this.upstream, secret: this.secret }, extra);
  }

  /** Starts a bus with the source on this bench's store; it goes on with what the one before left there. */
  async start(options: StartOptions = {}): Promise<RunningSource> {
    const running = this.prepare(options);
    await running.start();
    return running;
  }

  /** The bus, not started. */
  prepare(options: StartOptions = {}): RunningSource {
    const { subject, declared, upstream, clock, log, secret } = this;
    const { plugin = this.plugin(), contents = this.contents, events = this.events, maxBacklog } = options;
    const { stopTimeoutMs = 10_000, isStartHeld = false, provide: provided = subject.provide ?? [] } = options;
    const { undeclared } = options;
    const store = new SourceStore(contents);
    const collector = new Collector({ isStartHeld });
    const watched = new WatchedSource();
    const bus: SuiteBus = createBus<
      EventSchemas,
      { readonly collector: AnySinkPlugin },
      { readonly subject: AnySourcePlugin }
    >({
      name: "suite",
      events,
      store,
      sinks: { collector: collector.plugin() },
      sources: { subject: watchedPlugin(plugin, (source) => watched.watch(source), undeclared) },
      stopTimeoutMs,
      provide: [provide(CLOCK, clock), provide(LOGGER, log.logger), ...provided],
      ...(maxBacklog !== undefined && { maxBacklog }),
    });
    const running = new RunningSource({ bus, store, collector, watched, upstream, declared, clock, secret });
    this.#running.push(running);
    return running;
  }

  /** Waits on real I/O; the virtual time hardly moves. */
  until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    return until(this.clock, what, condition);
  }

  /** Ends what a test has left: what it tells of a stop that fails is for the tests of stopping. */
  async close(): Promise<void> {
    const running = this.#running.toReversed();
    for (const { store, collector } of running) {
      collector.letStart();
      collector.release();
      store.release();
      store.bury();
    }
    await Promise.allSettled(running.map((each) => each.stop()));
    await this.upstream.close();
  }
}
