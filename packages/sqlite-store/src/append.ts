import { BusError, type AppendEntry, type NewDelivery, type StoredEvent } from "@bus/core";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { storedText, storedTextOrNull } from "./stored-text.ts";
import { wholeMs } from "./whole-ms.ts";

type Answer = "appended" | "duplicate";

/** What a row costs beside its texts, with its entries in the indexes. */
const OVERHEAD_BYTES = 300;
const ROWS_AT_ONCE = 64;

/** Writes events and deliveries. */
export class Append {
  readonly #ledger: Ledger;
  readonly #hasEvent: Prepared<{ seq: number }>;
  readonly #addEvent: Prepared;
  readonly #addDelivery: Prepared;
  readonly #addKeyed: Prepared;

  constructor(database: SqliteDatabase, { ledger, isOwn }: { ledger: Ledger; isOwn: boolean }) {
    // When a file is full, SQLite rolls the whole transaction back, unless the statement could have written several rows: then it alone is undone,
    // which the transaction of a host must have, and takes longer.
    const row = (values: string): string => (isOwn ? `VALUES (${values})` : `SELECT ${values} WHERE TRUE`);
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#ledger = ledger;
    this.#hasEvent = sql("SELECT seq FROM bus_events WHERE id = ?");
    this.#addEvent = sql(
      `INSERT INTO bus_events (seq, id, type, source, time, published_at, subject, key, tenant, correlationid, causationid,
         traceparent, data, bytes, deliveries, ended_at)
       ${row("?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?")} ON CONFLICT (id) DO NOTHING`,
    );
    const columns = "seq, id, event, lane, order_key, mapped_type, mapped_data, due_at, bytes, state, attempts, tries";
    this.#addDelivery = sql(
      `INSERT INTO bus_deliveries (${columns}, ready_at) ${row("?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0, ?")}`,
    );
    const unlessBehind = `CASE WHEN EXISTS (SELECT 1 FROM bus_deliveries WHERE lane = ? AND order_key = ? AND ended_at IS NULL) THEN NULL ELSE ? END`;
    // Behind others of its key it is not ready: the oldest of them stands for all.
    this.#addKeyed = sql(
      `INSERT INTO bus_deliveries (${columns}, ready_at) ${row(`?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0, ${unlessBehind}`)}`,
    );
  }

  hasEvent(id: string): boolean {
    return this.#hasEvent.get(storedText(id)) !== undefined;
  }

  *append(
    entries: readonly AppendEntry[],
    { maxBacklog, now }: { maxBacklog: number; now: number },
  ): Steps<readonly Answer[]> {
    const owed = entries.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
    // Only near the bound it matters which of them are new.
    if (this.#ledger.unfinished + owed > maxBacklog) this.#assertRoom(entries, maxBacklog);
    const answers: Answer[] = [];
    let rows = 0;
    for (const { event, deliveries } of entries) {
      if ((rows += 1) % ROWS_AT_ONCE === 0) yield;
      const added = this.#addOne(event, deliveries.length, now);
      answers.push(added === undefined ? "duplicate" : "appended");
      if (added === undefined) continue;
      for (const delivery of deliveries) {
        this.add(delivery, { ...added, now });
        if ((rows += 1) % ROWS_AT_ONCE === 0) yield;
      }
    }
    return answers;
  }

  /** Adds a delivery of the event, at the end of its lane. */
  add(delivery: NewDelivery, { event, eventBytes, now }: { event: number; eventBytes: number; now: number }): void {
    const { id, orderKey, mapped } = delivery;
    const lane = this.#ledger.obtainLane(delivery);
    const dueAt = wholeMs(now, now);
    const bytes = OVERHEAD_BYTES + eventBytes + (mapped?.data.length ?? 0);
    const mappedType = storedTextOrNull(mapped?.type);
    const mappedData = storedTextOrNull(mapped?.data);
    const seq = (this.#ledger.counters.last_delivery += 1);
    const stored = storedText(id);
    if (orderKey === undefined) {
      this.#addDelivery.run(seq, stored, event, lane, null, mappedType, mappedData, dueAt, bytes, dueAt);
    } else {
      const key = storedText(orderKey);
      this.#addKeyed.run(seq, stored, event, lane, key, mappedType, mappedData, dueAt, bytes, lane, key, dueAt);
    }
    this.#ledger.count(lane, undefined, "pending");
  }

  /** Undefined when its id is there already. */
  #addOne(event: StoredEvent, deliveries: number, now: number): { event: number; eventBytes: number } | undefined {
    const { counters } = this.#ledger;
    const seq = counters.last_event + 1;
    const bytes = OVERHEAD_BYTES + event.data.length;
    const endedAt = deliveries === 0 ? wholeMs(now, now) : null;
    const publishedAt = Date.parse(event.time);
    const { changes } = this.#addEvent.run(
      seq,
      storedText(event.id),
      storedText(event.type),
      storedText(event.source),
      storedText(event.time),
      Number.isNaN(publishedAt) ? null : publishedAt,
      storedTextOrNull(event.subject),
      storedTextOrNull(event.key),
      storedTextOrNull(event.tenant),
      storedTextOrNull(event.correlationid),
      storedTextOrNull(event.causationid),
      storedTextOrNull(event.traceparent),
      storedText(event.data),
      bytes,
      deliveries,
      endedAt,
    );
    if (Number(changes) === 0) return undefined;
    counters.last_event = seq;
    counters.events += 1;
    if (endedAt !== null) counters.finished_bytes += bytes;
    return { event: seq, eventBytes: Math.ceil(bytes / deliveries) };
  }

  #assertRoom(entries: readonly AppendEntry[], maxBacklog: number): void {
    const fresh = new Map<string, number>();
    for (const { event, deliveries } of entries) {
      if (!fresh.has(event.id) && !this.hasEvent(event.id)) fresh.set(event.id, deliveries.length);
    }
    const owed = [...fresh.values()].reduce((sum, count) => sum + count, 0);
    if (owed > 0 && this.#ledger.unfinished + owed > maxBacklog) throw new BusError("BUS_BACKLOG_FULL", [maxBacklog]);
  }
}
