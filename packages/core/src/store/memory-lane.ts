import { BinaryHeap, type Waiting } from "./binary-heap.ts";
import { freeAt, type KeptDelivery } from "./kept-delivery.ts";
import { LinkedList } from "./linked-list.ts";
import type { LaneCondition, LaneId, LaneStatus, LeaseRequest } from "./store.ts";

const ACTIVE: LaneStatus = { state: "active" };

/** The unfinished deliveries of one order key in order of arrival; one without a key is a group of its own. */
export class OrderGroup extends LinkedList<KeptDelivery> implements Waiting {
  readonly lane: MemoryLane;
  readyAt: number = Infinity;
  seq = 0;
  slot = -1;
  leased = 0;

  constructor(lane: MemoryLane) {
    super();
    this.lane = lane;
  }
}

/**
 * The queue of one lane: a heap of its groups by the time their oldest delivery can go out.
 *
 * After a change of a group or of `status` the caller refreshes the group or the lane, once for many changes.
 */
export class MemoryLane implements Waiting {
  readonly id: LaneId;
  status: LaneStatus = ACTIVE;
  /** When the lane can give a delivery, its status considered. */
  readyAt: number = Infinity;
  seq = 0;
  slot = -1;
  unfinished = 0;
  /** Those with a lease, expired or not. */
  readonly leased: Set<KeptDelivery> = new Set();
  readonly #groups = new Map<string, OrderGroup>();
  readonly #queue = new BinaryHeap<OrderGroup>();

  constructor({ sink, destination }: LaneId) {
    this.id = Object.freeze({ sink, destination });
  }

  get pending(): number {
    return this.unfinished - this.leased.size;
  }

  /** Whether nothing would be lost if the lane were forgotten. */
  get isIdle(): boolean {
    return this.unfinished === 0 && this.status.state === "active";
  }

  isKeptBy({ unless }: LaneCondition): boolean {
    const { status } = this;
    return (
      status.state === "disabled" || (unless === "held" && status.state === "paused" && status.until === undefined)
    );
  }

  /** `seq` is higher than that of every delivery before. */
  add(kept: KeptDelivery): void {
    const group = this.#groupOf(kept.delivery.orderKey);
    group.push(kept);
    kept.group = group;
    this.unfinished += 1;
    // Whoever joins the tail of a group changes nothing of when its head goes.
    if (group.first === kept) this.refreshGroup(group);
  }

  /** Takes out what the request may have; the leases get ids from `nextLeaseId`. */
  lease({ limit, perKey, now, until }: LeaseRequest, nextLeaseId: () => number): readonly KeptDelivery[] {
    const taken: KeptDelivery[] = [];
    if (this.readyAt > now) return taken;
    const most = this.status.state === "paused" ? 1 : limit;
    const groups: OrderGroup[] = [];
    for (let group = this.#queue.first; group !== undefined; group = this.#queue.first) {
      if (group.readyAt > now || taken.length === most) break;
      this.#queue.remove(group);
      groups.push(group);
      const end = Math.min(most, taken.length + perKey);
      for (let kept = group.first; kept !== undefined; kept = kept.next) {
        if (taken.length === end || freeAt(kept) > now) break;
        if (kept.lease === undefined) group.leased += 1;
        kept.lease = { id: nextLeaseId(), until };
        this.leased.add(kept);
        taken.push(kept);
      }
    }
    for (const group of groups) this.#placeGroup(group);
    this.refresh();
    return taken;
  }

  /** Ends its lease, if it has one. It stays in its place; refresh its group. */
  release(kept: KeptDelivery): void {
    if (kept.lease === undefined) return;
    kept.lease = undefined;
    this.leased.delete(kept);
    if (kept.group !== undefined) kept.group.leased -= 1;
  }

  /** Takes it out of the lane, because it ended; refresh its group. */
  remove(kept: KeptDelivery): void {
    this.release(kept);
    const { orderKey } = kept.delivery;
    kept.group?.remove(kept);
    if (orderKey !== undefined && kept.group?.first === undefined) this.#groups.delete(orderKey);
    kept.group = undefined;
    this.unfinished -= 1;
  }

  refreshGroup(group: OrderGroup): void {
    this.#placeGroup(group);
    this.refresh();
  }

  refresh(): void {
    this.readyAt = this.#readyAt();
  }

  #readyAt(): number {
    const headAt = this.#queue.first?.readyAt ?? Infinity;
    if (this.status.state === "active") return headAt;
    if (this.status.state === "disabled" || this.status.until === undefined) return Infinity;
    // The probe goes alone: whatever is still out comes back first.
    let probeAt = Math.max(this.status.until, headAt);
    for (const { lease } of this.leased) probeAt = Math.max(probeAt, lease?.until ?? 0);
    return probeAt;
  }

  #groupOf(orderKey: string | undefined): OrderGroup {
    if (orderKey === undefined) return new OrderGroup(this);
    let group = this.#groups.get(orderKey);
    if (group === undefined) this.#groups.set(orderKey, (group = new OrderGroup(this)));
    return group;
  }

  #placeGroup(group: OrderGroup): void {
    const head = group.first;
    if (head === undefined) {
      this.#queue.remove(group);
      return;
    }
    group.seq = head.seq;
    group.readyAt = freeAt(head);
    // The group waits for all that is out. Leases are given from the head on, so the walk is no longer than the last runs were.
    let leased = group.leased;
    for (let kept = group.first; kept !== undefined && leased > 0; kept = kept.next) {
      if (kept.lease === undefined) continue;
      group.readyAt = Math.max(group.readyAt, kept.lease.until);
      leased -= 1;
    }
    this.#queue.place(group);
  }
}
