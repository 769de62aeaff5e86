import { BusError } from "../errors.ts";
import { ArrivalLog } from "./arrival-log.ts";
import { Endings, type Ending } from "./endings.ts";
import { bytesOf, bytesOfEvent, KeptDelivery, matches, type KeptEvent } from "./kept-delivery.ts";
import type { DeliveryQuery, DeliveryState, NewDelivery, PruneBounds, StoredEvent } from "./store.ts";

export type KeptState = KeptDelivery["state"];

/** Part of a scan: those found and, if there may be more, where to go on. */
export interface Found {
  readonly kept: readonly KeptDelivery[];
  readonly cursor?: string;
}

/** Every event and delivery there is, counted by state, with what retention may forget. Knows nothing of queues. */
export class MemoryDeliveries {
  /** Without a value: the event was owed to nobody, so only its id is kept. */
  readonly #events = new Map<string, KeptEvent | undefined>();
  readonly #byId = new Map<string, KeptDelivery>();
  readonly #arrivals = new ArrivalLog<KeptDelivery>();
  readonly #endings = new Endings();
  /** The endings of dead letters, which have a retention of their own. */
  readonly #deaths = new Endings();
  readonly #counts: Record<KeptState, number> = {
    pending: 0,
    leased: 0,
    delivered: 0,
    skipped: 0,
    dead: 0,
    discarded: 0,
  };
  #finishedBytes = 0;
  #lastSeq = 0;

  get unfinished(): number {
    return this.#counts.pending + this.#counts.leased;
  }

  get counts(): Readonly<Record<Exclude<DeliveryState, "parked"> | "events", number>> {
    return { ...this.#counts, events: this.#events.size };
  }

  hasEvent(id: string): boolean {
    return this.#events.has(id);
  }

  get(id: string): KeptDelivery | undefined {
    return this.#byId.get(id);
  }

  addUnrouted(eventId: string, now: number): void {
    this.#events.set(eventId, undefined);
    this.#endings.add(eventId, undefined, now);
    this.#finishedBytes += bytesOfEvent(undefined);
  }

  addEvent(event: StoredEvent): KeptEvent {
    const source: KeptEvent = { event, deliveries: 0, finished: 0 };
    this.#events.set(event.id, source);
    return source;
  }

  add(source: KeptEvent, delivery: NewDelivery, dueAt: number): KeptDelivery {
    const kept = new KeptDelivery(source, delivery, (this.#lastSeq += 1), dueAt);
    source.deliveries += 1;
    this.#counts.pending += 1;
    this.#byId.set(delivery.id, kept);
    this.#arrivals.add(kept);
    return kept;
  }

  move(kept: KeptDelivery, state: KeptState): void {
    this.#counts[kept.state] -= 1;
    this.#counts[state] += 1;
    kept.state = state;
  }

  /** Ends it, or ends it anew. */
  end(kept: KeptDelivery, state: KeptState, now: number): void {
    this.#withdraw(kept);
    this.move(kept, state);
    if (state === "dead") {
      kept.ending = this.#deaths.add(kept.source.event.id, kept, now);
      return;
    }
    kept.ending = this.#endings.add(kept.source.event.id, kept, now);
    this.#finishedBytes += bytesOf(kept);
    kept.source.finished += 1;
    if (kept.source.finished === 1) this.#finishedBytes += bytesOfEvent(kept.source.event);
  }

  /** Makes a finished one a new arrival. */
  revive(kept: KeptDelivery, now: number): void {
    this.#withdraw(kept);
    this.move(kept, "pending");
    this.#arrivals.remove(kept);
    kept.seq = this.#lastSeq += 1;
    this.#arrivals.add(kept);
    kept.attempts = 0;
    kept.dueAt = now;
    kept.reason = undefined;
  }

  /** Removes it, and its event with the last of its deliveries. */
  forget(kept: KeptDelivery): void {
    this.#withdraw(kept);
    this.#counts[kept.state] -= 1;
    this.#byId.delete(kept.delivery.id);
    this.#arrivals.remove(kept);
    kept.source.deliveries -= 1;
    if (kept.source.deliveries === 0) this.#events.delete(kept.source.event.id);
  }

  /** Up to `limit` that match and are `wanted`, of those that had arrived when the first page was asked for. */
  find(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined },
    wanted: (kept: KeptDelivery) => boolean,
  ): Found {
    const { after, last } = page.cursor === undefined ? { after: 0, last: this.#lastSeq } : parseCursor(page.cursor);
    const kept: KeptDelivery[] = [];
    if (page.limit === 0) return after < last ? { kept, cursor: `${after}-${last}` } : { kept };
    for (const candidate of this.#candidates(query.id, after)) {
      if (candidate.seq > last) break;
      if (!matches(candidate, query) || !wanted(candidate)) continue;
      kept.push(candidate);
      if (kept.length >= page.limit)
        return candidate.seq < last ? { kept, cursor: `${candidate.seq}-${last}` } : { kept };
    }
    return { kept };
  }

  prune(bounds: PruneBounds): boolean {
    for (let left = bounds.limit; ; left -= 1) {
      const ending = this.#beyond(bounds);
      if (ending === undefined) return false;
      if (left <= 0) return true;
      this.#forgetEnding(ending);
    }
  }

  #beyond({ before, maxBytes, deadBefore }: PruneBounds): Ending | undefined {
    const { oldest } = this.#endings;
    if (oldest !== undefined && (oldest.endedAt < before || this.#finishedBytes > maxBytes)) return oldest;
    const death = this.#deaths.oldest;
    return death !== undefined && death.endedAt < deadBefore ? death : undefined;
  }

  #forgetEnding(ending: Ending): void {
    if (ending.delivery !== undefined) return this.forget(ending.delivery);
    this.#endings.remove(ending);
    this.#finishedBytes -= bytesOfEvent(undefined);
    this.#events.delete(ending.eventId);
  }

  /** Takes a finished one out of what retention counts. */
  #withdraw(kept: KeptDelivery): void {
    const { ending } = kept;
    if (ending === undefined) return;
    kept.ending = undefined;
    if (kept.state === "dead") return this.#deaths.remove(ending);
    this.#endings.remove(ending);
    this.#finishedBytes -= bytesOf(kept);
    kept.source.finished -= 1;
    if (kept.source.finished === 0) this.#finishedBytes -= bytesOfEvent(kept.source.event);
  }

  #candidates(id: string | undefined, after: number): Iterable<KeptDelivery> {
    if (id === undefined) return this.#arrivals.after(after);
    const kept = this.#byId.get(id);
    return kept === undefined || kept.seq <= after ? [] : [kept];
  }
}

/** `<last one read>-<last one to read>`. The end is fixed at the first page: replayed deliveries come to stand behind it. */
function parseCursor(cursor: string): { after: number; last: number } {
  const [, after, last] = /^(\d+)-(\d+)$/.exec(cursor) ?? [];
  if (after === undefined || last === undefined) {
    throw new BusError("BUS_QUERY_INVALID", ["the cursor is none that this store gave"]);
  }
  return { after: Number(after), last: Number(last) };
}
