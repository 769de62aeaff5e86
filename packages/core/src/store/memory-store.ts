import { BusError } from "../errors.ts";
import { toLeased, toRecord, type KeptDelivery } from "./kept-delivery.ts";
import { MemoryDeliveries, type KeptState } from "./memory-deliveries.ts";
import type { OrderGroup } from "./memory-lane.ts";
import { MemoryLanes } from "./memory-lanes.ts";
import { MemoryState } from "./memory-state.ts";
import type {
  AppendEntry,
  DeliveryPage,
  DeliveryQuery,
  DeliveryRecord,
  Expansion,
  LaneCondition,
  LaneId,
  LaneRecord,
  LaneStatus,
  Lease,
  LeaseRequest,
  PruneBounds,
  Settlement,
  StateStore,
  Store,
  StoreStats,
} from "./store.ts";

/** Attempts kept of a delivery. */
const LONGEST_HISTORY = 20;

const NOTHING: Lease = { deliveries: [], isProbe: false };

/**
 * A store in the memory of the process: fast, and gone with it.
 *
 * Closing keeps its contents, so that the same store can be opened again by another bus. Unfinished deliveries are bounded by `maxBacklog`,
 * finished ones by retention.
 */
export function memoryStore(): Store {
  return new MemoryStore();
}

/** Every method does its work in one go, before its promise is returned: that makes it atomic. */
class MemoryStore implements Store {
  readonly name = "memory";
  readonly keepsUnrouted = false;
  readonly pollMs = Infinity;
  readonly state: StateStore = new MemoryState((operation) => this.#assertOpen(operation));
  readonly #lanes = new MemoryLanes();
  readonly #deliveries = new MemoryDeliveries();
  #lastLeaseId = 0;
  #isOpen = false;

  async open(): Promise<void> {
    this.#isOpen = true;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  async append(
    entries: readonly AppendEntry[],
    { maxBacklog, now }: { maxBacklog: number; now: number },
  ): Promise<readonly ("appended" | "duplicate")[]> {
    this.#assertOpen("append");
    const answers = this.#answers(entries);
    const fresh = entries.filter((_, index) => answers[index] === "appended");
    const added = fresh.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
    if (added > 0 && this.#deliveries.unfinished + added > maxBacklog) {
      throw new BusError("BUS_BACKLOG_FULL", [maxBacklog]);
    }
    for (const { event, deliveries } of fresh) {
      if (deliveries.length === 0) {
        this.#deliveries.addUnrouted(event.id, now);
        continue;
      }
      const source = this.#deliveries.addEvent(event);
      for (const delivery of deliveries) this.#enqueue(this.#deliveries.add(source, delivery, now));
    }
    return answers;
  }

  async lease(request: LeaseRequest): Promise<Lease> {
    this.#assertOpen("lease");
    const lane = this.#lanes.find(request.lane);
    if (lane === undefined) return NOTHING;
    const taken = lane.lease(request, () => (this.#lastLeaseId += 1));
    if (taken.length === 0) return NOTHING;
    this.#lanes.place(lane);
    const deliveries = taken.map((kept) => {
      this.#deliveries.move(kept, "leased");
      kept.attempts += 1;
      kept.reason = undefined;
      return toLeased(kept, kept.lease?.id ?? 0);
    });
    return { deliveries, isProbe: lane.status.state === "paused" };
  }

  async settle(settlements: readonly Settlement[], now: number): Promise<readonly boolean[]> {
    this.#assertOpen("settle");
    const touched = new Set<OrderGroup>();
    const answers = settlements.map((settlement) => {
      const kept = this.#held(settlement);
      if (kept?.group === undefined) return false;
      touched.add(kept.group);
      this.#record(kept, settlement);
      if (settlement.state === "pending") this.#putBack(kept, settlement.dueAt ?? now);
      else this.#end(kept, settlement.state, now);
      return true;
    });
    this.#refresh(touched);
    return answers;
  }

  async expand(expansion: Expansion, now: number): Promise<boolean> {
    this.#assertOpen("expand");
    const root = this.#held(expansion);
    if (root?.group === undefined) return false;
    const { group } = root;
    if (expansion.deliveries.length === 0) {
      this.#end(root, "skipped", now);
      root.reason = "The sink named no destinations for it.";
    } else {
      for (const delivery of expansion.deliveries) this.#enqueue(this.#deliveries.add(root.source, delivery, now));
      group.lane.remove(root);
      this.#deliveries.forget(root);
    }
    this.#refresh([group]);
    return true;
  }

  async due(
    sinks: readonly string[],
    now: number,
  ): Promise<{ readonly lanes: readonly LaneId[]; readonly nextAt: number | undefined }> {
    this.#assertOpen("due");
    return this.#lanes.due(sinks, now);
  }

  async lanes(): Promise<readonly LaneRecord[]> {
    this.#assertOpen("lanes");
    return Array.from(this.#lanes, ({ id, status, unfinished }) => ({ ...id, status, unfinished }));
  }

  async setLane(id: LaneId, status: LaneStatus, condition?: LaneCondition): Promise<boolean> {
    this.#assertOpen("setLane");
    const lane = this.#lanes.obtain(id);
    if (condition && lane.isKeptBy(condition)) return false;
    lane.status = { ...status };
    lane.refresh();
    this.#lanes.place(lane);
    return true;
  }

  async get(id: string): Promise<DeliveryRecord | undefined> {
    this.#assertOpen("get");
    const kept = this.#deliveries.get(id);
    return kept && toRecord(kept);
  }

  async query(query: DeliveryQuery, page: { limit: number; cursor?: string | undefined }): Promise<DeliveryPage> {
    this.#assertOpen("query");
    const { kept, ...rest } = this.#deliveries.find(query, page, () => true);
    return { items: kept.map(toRecord), ...rest };
  }

  async replay(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string; lanes: readonly LaneId[] }> {
    this.#assertOpen("replay");
    const { kept, ...rest } = this.#deliveries.find(query, page, ({ ending }) => ending !== undefined);
    const lanes = new Set<LaneId>();
    for (const each of kept) {
      this.#deliveries.revive(each, page.now);
      lanes.add(this.#enqueue(each));
    }
    return { count: kept.length, lanes: [...lanes], ...rest };
  }

  async discard(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string }> {
    this.#assertOpen("discard");
    const { kept, ...rest } = this.#deliveries.find(query, page, (each) => isDiscardable(each, page.now));
    const touched = new Set<OrderGroup>();
    for (const each of kept) {
      if (each.group !== undefined) touched.add(each.group);
      each.reason = undefined;
      this.#end(each, "discarded", page.now);
    }
    this.#refresh(touched);
    return { count: kept.length, ...rest };
  }

  async stats(): Promise<StoreStats> {
    this.#assertOpen("stats");
    let parked = 0;
    for (const lane of this.#lanes) if (lane.status.state === "disabled") parked += lane.pending;
    return { ...this.#deliveries.counts, parked };
  }

  async prune(bounds: PruneBounds): Promise<boolean> {
    this.#assertOpen("prune");
    return this.#deliveries.prune(bounds);
  }

  #assertOpen(operation: string): void {
    if (!this.#isOpen) throw new BusError("BUS_STORE_CLOSED", [operation]);
  }

  #answers(entries: readonly AppendEntry[]): readonly ("appended" | "duplicate")[] {
    const inBatch = new Set<string>();
    return entries.map(({ event: { id } }) => {
      if (inBatch.has(id) || this.#deliveries.hasEvent(id)) return "duplicate";
      inBatch.add(id);
      return "appended";
    });
  }

  #enqueue(kept: KeptDelivery): LaneId {
    const lane = this.#lanes.obtain(kept.delivery);
    lane.add(kept);
    this.#lanes.place(lane);
    return lane.id;
  }

  /** The delivery if this lease is still its own. An expired one is until the delivery is leased anew or ended. */
  #held({ id, leaseId }: { id: string; leaseId: number }): KeptDelivery | undefined {
    const kept = this.#deliveries.get(id);
    return kept?.lease?.id === leaseId ? kept : undefined;
  }

  #record(kept: KeptDelivery, { attempt, isFree = false, reason }: Settlement): void {
    if (attempt !== undefined) kept.history = [...kept.history, attempt].slice(-LONGEST_HISTORY);
    if (isFree) kept.attempts -= 1;
    kept.reason = reason;
  }

  #putBack(kept: KeptDelivery, dueAt: number): void {
    kept.group?.lane.release(kept);
    kept.dueAt = dueAt;
    this.#deliveries.move(kept, "pending");
  }

  #end(kept: KeptDelivery, state: KeptState, now: number): void {
    kept.group?.lane.remove(kept);
    this.#deliveries.end(kept, state, now);
  }

  #refresh(groups: Iterable<OrderGroup>): void {
    for (const group of groups) {
      group.lane.refreshGroup(group);
      this.#lanes.place(group.lane);
    }
  }
}

function isDiscardable({ state, lease }: KeptDelivery, now: number): boolean {
  return state === "pending" || state === "dead" || (lease !== undefined && lease.until <= now);
}
