import { causedBy } from "../causation.ts";
import { BusError } from "../errors.ts";
import type { BusEvent } from "../event.ts";
import type { Outcome } from "../outcome.ts";
import type { BatchBounds, Delivery, Sink } from "../sink.ts";
import type { LeasedDelivery } from "../store/store.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";
import type { LaneTarget } from "./lane-target.ts";
import { outcomesFault } from "./outcomes-fault.ts";

/** The end of a lane at one destination: the sink itself. */
export class SinkTarget implements LaneTarget {
  readonly policy: ResolvedPolicy;
  readonly bounds: BatchBounds;
  readonly #sink: Sink;

  constructor(sink: Sink, policy: ResolvedPolicy) {
    this.policy = policy;
    this.bounds = sink.batch ?? { maxItems: 1 };
    this.#sink = sink;
  }

  async send(batch: readonly LeasedDelivery[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const deliveries = batch.map(deliveryOf);
    const cause = deliveries.length === 1 ? deliveries[0]?.event : undefined;
    const outcomes = await causedBy(cause, () => this.#sink.deliver(deliveries, { signal }));
    const fault = outcomesFault(outcomes, batch.length);
    if (fault !== undefined) throw new BusError("BUS_OUTCOMES_INVALID", [batch[0]?.sink ?? "", fault]);
    return outcomes;
  }
}

function deliveryOf(leased: LeasedDelivery): Delivery {
  return { id: leased.id, destination: leased.destination, attempt: leased.attempt, event: eventOf(leased) };
}

/** The event as the route made it, with data of its own. */
export function eventOf({ event, mapped }: Pick<LeasedDelivery, "event" | "mapped">): BusEvent {
  const { type, data } = mapped ?? event;
  return { ...event, type, data: JSON.parse(data) };
}
