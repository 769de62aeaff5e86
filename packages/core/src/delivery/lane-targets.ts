import type { Clock } from "../clock.ts";
import type { BusError } from "../errors.ts";
import type { BusEvent } from "../event.ts";
import type { Sink } from "../sink.ts";
import { FAN_OUT, type LaneId, type NewDelivery, type Store } from "../store/store.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";
import { DestinationTargets } from "./destination-targets.ts";
import { FanOutTarget } from "./fan-out-target.ts";
import { FixedDestinations } from "./fixed-destinations.ts";
import type { LaneTarget } from "./lane-target.ts";

/** Where the events of a sink that names no destinations go. */
const DEFAULT_DESTINATION = "default";

/** The ends of the lanes of one sink. */
interface SinkTargets {
  readonly destinations: DestinationTargets;
  /** For a sink that names its destinations. */
  readonly fanOut: LaneTarget | undefined;
  /** For a sink whose destinations follow from the event type. */
  readonly fixed: FixedDestinations | undefined;
}

/** Where a new delivery begins, and what keeps it in order. */
export interface Place extends Pick<NewDelivery, "destination" | "orderKey"> {
  /** At a fixed destination: what its id is made of, after the event's. */
  readonly idSuffix?: string;
}

/** Which target a lane has, and which lane a new delivery joins. */
export class LaneTargets {
  readonly #targets = new Map<string, SinkTargets>();

  add(
    name: string,
    sink: Sink,
    policy: ResolvedPolicy,
    context: {
      store: Store;
      clock: Clock;
      arrived: (lanes: readonly LaneId[]) => void;
      report: (error: BusError) => void;
    },
  ): void {
    const fanOut = sink.destinations ? new FanOutTarget({ name, sink, policy, ...context }) : undefined;
    const destinations = new DestinationTargets({ name, sink, policy, report: context.report });
    const fixed = hasFixed(sink) ? new FixedDestinations(name, sink) : undefined;
    this.#targets.set(name, { destinations, fanOut, fixed });
  }

  /** Another one than before, once the lane is to be served in another way. */
  of({ sink, destination }: LaneId): LaneTarget {
    const { destinations, fanOut } = this.#of(sink);
    return destination === FAN_OUT && fanOut ? fanOut : destinations.of(destination);
  }

  /** One for each delivery of the event, which goes to the sink as one of `type`. */
  places(sink: string, type: string, event: BusEvent): readonly Place[] {
    const { fanOut, fixed, destinations } = this.#of(sink);
    const { ordering } = destinations.own.policy;
    const orderKey = ordering === "lane" ? "" : ordering === "key" ? event.key : undefined;
    if (fixed) return fixed.of(type).map((destination) => ({ ...destination, orderKey }));
    return [{ destination: fanOut ? FAN_OUT : DEFAULT_DESTINATION, orderKey }];
  }

  #of(sink: string): SinkTargets {
    const targets = this.#targets.get(sink);
    if (!targets) throw new TypeError(`The sink "${sink}" was not made.`);
    return targets;
  }
}

function hasFixed(sink: Sink): sink is Sink & Required<Pick<Sink, "fixedDestinations">> {
  return sink.fixedDestinations !== undefined;
}
