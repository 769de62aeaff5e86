import { skipped, type BusEvent, type Delivery, type DeliverContext, type Outcome, type Sink } from "@bus/core";
import { deepFreeze } from "../suite/deep-freeze.ts";

/** One call of `deliver`. */
export interface DeliverCall {
  readonly batch: readonly Delivery[];
  readonly signal: AbortSignal;
  isUnderWay: boolean;
  /** What it returned, right or wrong; undefined while it is under way, and when it threw. */
  outcomes?: readonly Outcome[];
  error?: unknown;
}

/** Stands between the bus and the sink: notes each call, and can keep back what the bus hands over. */
export class WatchedSink {
  readonly calls: DeliverCall[] = [];
  /** Where it is set, what the bus hands over goes there, and not to the sink. */
  keep: Delivery[] | undefined;
  readonly #isFrozen: boolean;
  #sink: Sink | undefined;

  constructor(isFrozen: boolean) {
    this.#isFrozen = isFrozen;
  }

  /** As the plugin made it. */
  get sink(): Sink {
    if (!this.#sink) throw new Error("The bus has not made the sink yet.");
    return this.#sink;
  }

  /** What the bus is to have in its place. */
  watch(sink: Sink): Sink {
    this.#sink = sink;
    return new Proxy(sink, {
      get: (target, name) => {
        if (name === "deliver")
          return (batch: readonly Delivery[], context: DeliverContext) => this.#deliver(batch, context);
        if (name === "destinations" && target.destinations)
          return (event: BusEvent, context: DeliverContext) =>
            target.destinations?.(this.#isFrozen ? deepFreeze(event) : event, context);
        const value: unknown = Reflect.get(target, name, target);
        // Private state is the sink's own, not its proxy's.
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  async #deliver(batch: readonly Delivery[], context: DeliverContext): Promise<readonly Outcome[]> {
    if (!this.keep) return this.call(batch, context.signal);
    this.keep.push(...batch);
    // Final, so that nothing of the same lane or key waits behind it.
    return batch.map(() => skipped("The suite has kept it."));
  }

  /** Hands the batch to the sink. */
  async call(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]> {
    if (this.#isFrozen) deepFreeze(batch);
    const call: DeliverCall = { batch, signal, isUnderWay: true };
    this.calls.push(call);
    try {
      call.outcomes = await this.sink.deliver(batch, { signal });
      return call.outcomes;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      call.isUnderWay = false;
    }
  }
}
