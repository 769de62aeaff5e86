import type { BusEvent } from "./event.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Where events go. The engine makes one per bus, calls `start` before anything else and `stop` last, and owns retries, back-off,
 * order and dead letters: a sink tries once and says what came of it.
 */
export interface Sink<Api = unknown> {
  /**
   * Sends a batch to one destination. Called concurrently for several batches, up to the sink's `concurrency` per destination; never
   * for two deliveries of the same destination and key at once. Returns one outcome per delivery, in order. A throw is a retry of the whole batch.
   * A delivery comes again with the same id, until its outcome is final.
   */
  deliver(batch: readonly Delivery[], context: DeliverContext): Promise<readonly Outcome[]> | readonly Outcome[];

  /**
   * The destinations an event goes to, each with its own lane; without this method there is one, "default". Called once per event, off the
   * publish path, in key order; a throw is retried like a delivery. None: the delivery is skipped.
   */
  destinations?(
    event: BusEvent,
    context: { readonly signal: AbortSignal },
  ): Promise<readonly string[]> | readonly string[];

  /**
   * The destinations of all events of a type, where the type alone decides: their deliveries are stored with the event, without a look-up. Asked
   * once per type, at its first publish. Not beside `destinations`. Where several routes lead one event here, each destination gets it once, as the
   * first of them has it.
   */
  fixedDestinations?(type: string): readonly string[];

  /**
   * How the engine serves one destination, where that differs from the sink's own policy. Asked before each lease: it must be quick, and give
   * the same object until something has changed. A running lane takes up another one before it leases again. One that is not valid, or
   * names an `ordering`, is reported once, as is a throw, and the sink's own policy holds.
   */
  policy?(destination: string): Omit<DeliveryPolicy, "ordering"> | undefined;

  /** Bounds of a batch. @default one delivery, without waiting */
  readonly batch?: BatchBounds;

  /** Connects. A throw keeps the bus from starting. */
  start?(context: { readonly signal: AbortSignal }): Promise<void> | void;
  /** Releases everything. Called once after `start` was called, also when that failed; may run while a `deliver` hangs. */
  stop?(): Promise<void> | void;
  /** Rejects when the target is not well. Changes nothing there. */
  check?(context: { readonly signal: AbortSignal }): Promise<void> | void;

  /** What the host reaches as `bus.sinks.<name>`. */
  readonly api?: Api;
}

export interface BatchBounds {
  readonly maxItems: number;
  /** Counts the bytes of the deliveries' data as UTF-8 JSON. @default no bound */
  readonly maxBytes?: number;
  /** How long an incomplete batch waits for more. @default 0 */
  readonly lingerMs?: number;
}

export interface Delivery {
  /** The same on every attempt and replay. */
  readonly id: string;
  readonly destination: string;
  /** As published, or as the route's map made it. `data` is this delivery's own copy. */
  readonly event: BusEvent;
  /** 1 on the first try. */
  readonly attempt: number;
}

export interface DeliverContext {
  /** Aborted when the sink's time is up or the bus must stop. */
  readonly signal: AbortSignal;
}

/** How the engine serves a sink: defaults by the plugin's author, overridden by the host. */
export interface DeliveryPolicy {
  /** `key`: deliveries with the same key in order; `lane`: all of a destination in order; `none`. @default "key" */
  readonly ordering?: "key" | "none" | "lane";
  /** `deliver` calls under way per destination. One under `ordering: "lane"`. @default 4 */
  readonly concurrency?: number;
  /** Deliveries of one lane held in memory. @default twice what `concurrency` calls can carry, or up to 16 times that while the store is slower */
  readonly prefetch?: number;
  /** `deliver` calls per destination and period. @default no bound */
  readonly rate?: { readonly limit: number; readonly perMs: number };
  /** How long one `deliver` may take; the lease is longer than this. @default 30_000 */
  readonly timeoutMs?: number;
  readonly retry?: RetryPolicy;
}

/** Delays in ms before each retry, or a growing series; ±20 % jitter; then dead letter. `attempts` counts the first try too. */
export type RetryPolicy =
  | readonly number[]
  | { readonly baseMs: number; readonly factor: number; readonly maxMs: number; readonly attempts: number };
