import type { Outcome } from "../outcome.ts";
import type { BatchBounds } from "../sink.ts";
import type { LeasedDelivery } from "../store/store.ts";
import type { ResolvedPolicy } from "./delivery-policy.ts";

/** What stands at the end of a lane: a destination of a sink, or the fan-out of one. */
export interface LaneTarget {
  readonly policy: ResolvedPolicy;
  readonly bounds: BatchBounds;
  /** One outcome per delivery; undefined for one that the target settled itself. */
  send(batch: readonly LeasedDelivery[], signal: AbortSignal): Promise<readonly (Outcome | undefined)[]>;
}
