import type { Ending } from "./endings.ts";
import type { Linked } from "./linked-list.ts";
import type { OrderGroup } from "./memory-lane.ts";
import type {
  Attempt,
  DeliveryQuery,
  DeliveryRecord,
  DeliveryState,
  LeasedDelivery,
  NewDelivery,
  StoredEvent,
} from "./store.ts";

/** Roughly what an object with its entries in the maps costs beside its texts. */
const OVERHEAD_BYTES = 400;
const ATTEMPT_BYTES = 150;

const NO_ATTEMPTS: readonly Attempt[] = [];

/** An event and how many deliveries still need it. */
export interface KeptEvent {
  readonly event: StoredEvent;
  deliveries: number;
  finished: number;
}

/** A delivery as the memory store keeps it. What is handed out is copied from it; `history` is replaced, never changed. */
export class KeptDelivery implements Linked<KeptDelivery> {
  readonly delivery: NewDelivery;
  readonly source: KeptEvent;
  /** Its place in the order of arrival. */
  seq: number;
  state: Exclude<DeliveryState, "parked"> = "pending";
  dueAt: number;
  attempts = 0;
  history: readonly Attempt[] = NO_ATTEMPTS;
  reason: string | undefined = undefined;
  /** While it is unfinished. */
  group: OrderGroup | undefined = undefined;
  /** While its state is leased, be the lease expired or not. */
  lease: { readonly id: number; readonly until: number } | undefined = undefined;
  /** Once it is finished. */
  ending: Ending | undefined = undefined;
  previous: KeptDelivery | undefined = undefined;
  next: KeptDelivery | undefined = undefined;

  constructor(source: KeptEvent, delivery: NewDelivery, seq: number, dueAt: number) {
    this.source = source;
    this.delivery = delivery;
    this.seq = seq;
    this.dueAt = dueAt;
  }
}

/** When it could go out, order and lane apart: an expired lease counts as due. */
export function freeAt(kept: KeptDelivery): number {
  return kept.lease === undefined ? kept.dueAt : kept.lease.until;
}

export function toLeased(kept: KeptDelivery, leaseId: number): LeasedDelivery {
  return { ...ofNew(kept.delivery), event: kept.source.event, leaseId, attempt: kept.attempts };
}

export function toRecord(kept: KeptDelivery): DeliveryRecord {
  return {
    ...ofNew(kept.delivery),
    event: kept.source.event,
    state: isParked(kept) ? "parked" : kept.state,
    attempts: kept.attempts,
    history: kept.history,
    dueAt: kept.dueAt,
    reason: kept.reason,
    endedAt: kept.ending?.endedAt,
  };
}

export function matches(kept: KeptDelivery, query: DeliveryQuery): boolean {
  const { delivery } = kept;
  const { event } = kept.source;
  return (
    (query.id === undefined || query.id === delivery.id) &&
    (query.sink === undefined || query.sink === delivery.sink) &&
    (query.destination === undefined || query.destination === delivery.destination) &&
    (query.state === undefined || query.state === kept.state || (query.state === "parked" && isParked(kept))) &&
    (query.type === undefined || query.type === event.type) &&
    (query.tenant === undefined || query.tenant === event.tenant) &&
    (query.since === undefined || Date.parse(event.time) >= query.since)
  );
}

export function bytesOf(kept: KeptDelivery): number {
  return OVERHEAD_BYTES + (kept.delivery.mapped?.data.length ?? 0) + kept.history.length * ATTEMPT_BYTES;
}

export function bytesOfEvent(event: StoredEvent | undefined): number {
  return OVERHEAD_BYTES + (event?.data.length ?? 0);
}

function isParked(kept: KeptDelivery): boolean {
  return kept.state === "pending" && kept.group?.lane.status.state === "disabled";
}

function ofNew({ id, sink, destination, orderKey, mapped }: NewDelivery): NewDelivery {
  return {
    id,
    sink,
    destination,
    ...(orderKey !== undefined && { orderKey }),
    ...(mapped !== undefined && { mapped }),
  };
}
