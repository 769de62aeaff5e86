import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";
import { retry, skipped, type Outcome } from "../outcome.ts";
import type { BatchBounds, Sink } from "../sink.ts";
import type { LaneId, LeasedDelivery, NewDelivery, Store } from "../store/store.ts";
import { checkedDestinations } from "./checked-destinations.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";
import type { LaneTarget } from "./lane-target.ts";
import { eventOf } from "./sink-target.ts";

/**
 * How many look-ups go on at once. They are no calls to a destination, so the sink's policy does not bound them; a store takes what comes
 * together in one commit, so the more the better.
 */
const AT_ONCE = 64;

/** The end of the lane where deliveries wait for the sink to name their destinations: each becomes one delivery per destination. */
export class FanOutTarget implements LaneTarget {
  readonly policy: ResolvedPolicy;
  readonly bounds: BatchBounds = { maxItems: 1 };
  readonly #name: string;
  readonly #sink: Sink;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #arrived: (lanes: readonly LaneId[]) => void;

  constructor(options: {
    name: string;
    sink: Sink;
    policy: ResolvedPolicy;
    store: Store;
    clock: Clock;
    arrived: (lanes: readonly LaneId[]) => void;
  }) {
    const { rate: _, ...policy } = options.policy;
    this.policy = { ...policy, concurrency: AT_ONCE, prefetch: 2 * AT_ONCE };
    this.#name = options.name;
    this.#sink = options.sink;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#arrived = options.arrived;
  }

  async send([root]: readonly LeasedDelivery[], signal: AbortSignal): Promise<readonly (Outcome | undefined)[]> {
    if (!root || !this.#sink.destinations) return [];
    const destinations = await this.#sink.destinations(eventOf(root), { signal });
    const deliveries = checkedDestinations(this.#name, destinations).map((destination, index): NewDelivery => ({
      id: `${root.id}.${index}`,
      sink: root.sink,
      destination,
      orderKey: root.orderKey,
      mapped: root.mapped,
    }));
    if (deliveries.length === 0) return [skipped("The sink named no destinations for it.")];
    // Whoever has the lease now does the work; that this one is lost shows when the outcome is settled.
    if (!(await this.#expand(root, deliveries))) return [retry("its lease was lost")];
    this.#arrived(deliveries);
    return [undefined];
  }

  async #expand({ id, leaseId }: LeasedDelivery, deliveries: readonly NewDelivery[]): Promise<boolean> {
    try {
      return await this.#store.expand({ id, leaseId, deliveries }, this.#clock.steady());
    } catch (cause) {
      throw new BusError("BUS_STORE_FAILED", ["expand"], { cause });
    }
  }
}
