import assert from "node:assert/strict";
import type { AnySinkPlugin, AnySourcePlugin, Bus, BusError, EventSchemas, Source, StoredEvent } from "@bus/core";
import { until, whileMoving } from "../suite/until.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Collector } from "./collector.ts";
import { aWhile, untilLater } from "./moving-time.ts";
import { Offering } from "./offering.ts";
import type { SourceStore } from "./source-store.ts";
import type { Declared } from "./source-subject.ts";
import type { Offer, OpenUpstream } from "./source-upstream.ts";
import type { WatchedSource } from "./watched-source.ts";

/** How often an upstream offers the same before it is clear that nobody takes it. */
const MOST_TRIES = 20;
const BETWEEN_TRIES_MS = 10_000;

export type SuiteBus = Bus<EventSchemas, { readonly collector: AnySinkPlugin }, { readonly subject: AnySourcePlugin }>;

interface Parts {
  readonly bus: SuiteBus;
  readonly store: SourceStore;
  readonly collector: Collector;
  readonly watched: WatchedSource;
  readonly upstream: OpenUpstream;
  readonly declared: Declared;
  readonly clock: VirtualClock;
  readonly secret: string;
}

/** A bus with the source under test, for which time stands still unless a test waits or moves it. */
export class RunningSource {
  readonly bus: SuiteBus;
  readonly store: SourceStore;
  /** The bus's only sink. */
  readonly collector: Collector;
  readonly watched: WatchedSource;
  /** What `bus.events` reported as errors. */
  readonly reported: BusError[] = [];
  readonly #parts: Parts;
  #stopping: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { bus, store, collector, watched } = parts;
    this.bus = bus;
    this.store = store;
    this.collector = collector;
    this.watched = watched;
    this.#parts = parts;
    bus.events.on("error", (error) => void this.reported.push(error));
  }

  /** As the plugin made it: what is called on it nobody watches. */
  get source(): Source {
    const { source } = this.watched;
    if (!source) throw new Error("The bus has not made the source yet.");
    return source;
  }

  /** Events in the store of the thing with this marker. */
  stored(marker: string): readonly StoredEvent[] {
    return this.store.contents.of(marker);
  }

  /** Offers one thing once, and waits for nothing. Right, but for what `changes` says. */
  offer(marker: string, changes: Partial<Offer> = {}): Offering {
    const { upstream, secret } = this.#parts;
    const offer: Offer = { marker, id: `id-${marker}`, secret, ...changes };
    return new Offering(offer, upstream.offer(offer, this.source.api));
  }

  /** Offers one thing once, and waits for what comes of it. */
  async offered(marker: string, changes: Partial<Offer> = {}): Promise<Offering> {
    const offering = this.offer(marker, changes);
    await this.untilAnswered(offering);
    return offering;
  }

  async untilAnswered(...offerings: readonly Offering[]): Promise<void> {
    await this.untilLater("the source has answered what it was offered", () =>
      offerings.every(({ answer }) => answer !== undefined),
    );
  }

  /**
   * As an upstream does: what it was told nothing of it waits for, and what came again it offers again, until that is taken.
   *
   * @throws {AssertionError} for what is refused, or never taken
   */
  async untilTaken(offering: Offering): Promise<void> {
    let last = offering;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      await this.untilAnswered(last);
      if (last.isTaken) return;
      assert.notEqual(
        last.answer?.kind,
        "refused",
        `What is right must not be refused: the upstream gives it up. It was ${last.shown}.`,
      );
      await aWhile(this.#parts.clock, BETWEEN_TRIES_MS);
      last = this.again(offering);
    }
    assert.fail(`What is right was offered ${MOST_TRIES} times, and not taken: ${last.shown}.`);
  }

  /** Waits until the offer has led nowhere: it was answered or, where the source fetches, has asked the store, or somebody, in vain. */
  async untilFailed(offering: Offering, hasFailed: () => boolean): Promise<void> {
    const isQueue = this.#parts.declared.kind === "queue";
    await this.untilLater(
      "the source has answered what it could not publish",
      () => offering.answer !== undefined || (isQueue && hasFailed()),
    );
    // What it makes of that takes it a moment.
    if (!offering.answer) await aWhile(this.#parts.clock, 0);
  }

  /** The same once more; from a queue in which it still is, that itself. */
  again(offering: Offering): Offering {
    const isInQueue = this.#parts.declared.kind === "queue" && !offering.answer;
    return isInQueue ? offering : this.offer(offering.offer.marker, offering.offer);
  }

  /** Waits on real I/O; the virtual time hardly moves. */
  until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    return until(this.#parts.clock, what, condition);
  }

  /** Waits while the virtual time moves ever faster. */
  untilLater(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    const { clock, declared } = this.#parts;
    return untilLater({ clock, kind: declared.kind }, what, condition);
  }

  /** Lets so much time pass, for what must not happen. */
  aWhile(ms: number): Promise<void> {
    return aWhile(this.#parts.clock, ms);
  }

  /** What the work gives, while time moves. */
  whileMoving<T>(what: string, work: Promise<T>): Promise<T> {
    return whileMoving(this.#parts.clock, what, work);
  }

  async start(): Promise<void> {
    await this.#whileMovingOn("the bus started", this.bus.start());
  }

  /** Begins to stop the bus, and resolves once its state says so. Await `stop` for the end. */
  async beginStop(): Promise<void> {
    this.#stopping ??= this.bus.stop();
    this.#stopping.catch(() => undefined);
    await this.until("the bus is stopping", () => this.watched.signal?.aborted === true);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#stopping ??= this.bus.stop();
    await this.#whileMovingOn("the bus stopped", this.#stopping);
  }

  /** Stops the bus, and ends its process: what the source has neither taken nor given back can be fetched again. */
  async end(): Promise<void> {
    await this.stop();
    this.#parts.upstream.drop?.();
  }

  /** As if the process were killed now: nothing more reaches the store or the upstream, and nothing is answered. */
  kill(): void {
    this.store.isGone = true;
    this.#parts.upstream.drop?.();
  }

  async #whileMovingOn(what: string, work: Promise<void>): Promise<void> {
    let isDone = false;
    const done = (): void => void (isDone = true);
    work.then(done, done);
    await this.untilLater(what, () => isDone);
    await work;
  }
}
