import { BusError, type Attempt, type DeliveryQuery, type DeliveryRecord } from "@bus/core";
import {
  attemptOf,
  EVENT_COLUMNS,
  recordOf,
  type AttemptRow,
  type DeliveryRow,
  type RecordRow,
} from "./delivery-rows.ts";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase, type SqliteValue } from "./sqlite-database.ts";
import { storedText } from "./stored-text.ts";

export interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Part of a search: those found and, if there may be more, where to go on. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly cursor?: string;
}

/** What a replay or discard must know of a delivery. */
export interface FoundRow extends DeliveryRow {
  readonly lane: number;
  readonly sink: string;
  readonly destination: string;
  readonly bytes: number;
}

/** Which deliveries a search may find, besides what its query says: SQL over `d`. */
export const FINISHED = "d.ended_at IS NOT NULL";
export const DISCARDABLE = "(d.state IN ('pending', 'dead') OR d.lease_until <= ?)";

/** Deliveries looked at in one piece, so that a search for what is rare holds up nothing else. */
const LOOKED_AT_ONCE = 2_000;
const DELIVERY_COLUMNS = "d.seq, d.id, d.order_key, d.mapped_type, d.mapped_data, d.state, d.attempts";
const RECORD_COLUMNS = `${DELIVERY_COLUMNS}, d.due_at, d.reason, d.ended_at, l.sink, l.destination, l.state AS lane_state,
  ${EVENT_COLUMNS}`;
const FOUND_COLUMNS = `${DELIVERY_COLUMNS}, d.lane, d.bytes, l.sink, l.destination`;

/** Finds deliveries in order of arrival, a bounded piece at a time. */
export class Search {
  readonly #database: SqliteDatabase;
  readonly #ledger: Ledger;
  /** By text: a query has one of few shapes. */
  readonly #statements = new Map<string, Prepared<unknown>>();
  readonly #attempts: Prepared<AttemptRow>;
  readonly #pendingIn: Prepared<{ readonly pending: number }>;

  constructor(database: SqliteDatabase, ledger: Ledger) {
    this.#database = database;
    this.#ledger = ledger;
    this.#attempts = prepared(
      database,
      "SELECT started_at, duration_ms, outcome, reason, status, detail FROM bus_attempts WHERE delivery = ? ORDER BY number",
    );
    this.#pendingIn = prepared(database, "SELECT pending FROM bus_lanes WHERE sink = ? AND destination = ?");
  }

  get(id: string): DeliveryRecord | undefined {
    return this.records({ id }, { limit: 1 }).rows[0];
  }

  /** A page may be short, and still have a cursor. */
  records(query: DeliveryQuery, page: Page): Found<DeliveryRecord> {
    if (this.#isIdle(query)) return { rows: [] };
    const { rows, ...rest } = this.#find<RecordRow>(RECORD_COLUMNS, query, page);
    return { rows: rows.map((row) => recordOf(row, this.#historyOf(row.seq))), ...rest };
  }

  /** Those of which `condition` holds too; `value` takes the place of its question mark. */
  matches(query: DeliveryQuery, page: Page, condition: string, ...value: readonly number[]): Found<FoundRow> {
    return this.#find<FoundRow>(FOUND_COLUMNS, query, page, condition, value);
  }

  #find<Row extends { readonly seq: number }>(
    columns: string,
    query: DeliveryQuery,
    page: Page,
    condition = "TRUE",
    values: readonly number[] = [],
  ): Found<Row> {
    const { after, last } = page.cursor === undefined ? this.#all() : parseCursor(page.cursor);
    if (page.limit === 0) return after < last ? { rows: [], cursor: `${after}-${last}` } : { rows: [] };
    // Dead letters are few among many, and are asked for most.
    const index = query.id === undefined && query.state === "dead" ? "INDEXED BY bus_deliveries_dead" : "";
    const piece = query.id === undefined ? this.#piece(index, after, last) : { upper: last, size: 0 };
    const filters = filtersOf(query);
    const sql = `SELECT ${columns} FROM bus_deliveries AS d ${index}
      CROSS JOIN bus_lanes AS l ON l.lane = d.lane CROSS JOIN bus_events AS e ON e.seq = d.event
      WHERE d.seq > ? AND d.seq <= ? AND ${condition}${filters.sql} ORDER BY d.seq LIMIT ?`;
    const rows = this.#statement<Row>(sql).all(after, piece.upper, ...values, ...filters.values, page.limit);
    const isFull = rows.length >= page.limit;
    const seen = isFull ? (rows.at(-1)?.seq ?? last) : piece.upper;
    const isMore = seen < last && (isFull ? query.id === undefined : piece.size === LOOKED_AT_ONCE);
    return isMore ? { rows, cursor: `${seen}-${last}` } : { rows };
  }

  /** Whether it asks for what waits in a lane where nothing does: the lane's own count tells so, without a look at all that has ended. */
  #isIdle({ sink, destination, state }: DeliveryQuery): boolean {
    if (sink === undefined || destination === undefined || state !== "pending") return false;
    return (this.#pendingIn.get(storedText(sink), storedText(destination))?.pending ?? 0) === 0;
  }

  #all(): { after: number; last: number } {
    return { after: 0, last: this.#ledger.counters.last_delivery };
  }

  /** Where to stop looking for now. */
  #piece(index: string, after: number, last: number): { upper: number; size: number } {
    const only = index === "" ? "" : "state = 'dead' AND";
    const sql = `SELECT max(seq) AS upper, count(*) AS size FROM (SELECT seq FROM bus_deliveries ${index}
      WHERE ${only} seq > ? AND seq <= ? ORDER BY seq LIMIT ${LOOKED_AT_ONCE})`;
    const piece = this.#statement<{ upper: number | null; size: number }>(sql).get(after, last);
    return { upper: piece?.upper ?? last, size: piece?.size ?? 0 };
  }

  #historyOf(seq: number): readonly Attempt[] {
    return this.#attempts.all(seq).map(attemptOf);
  }

  #statement<Row>(sql: string): Prepared<Row> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = prepared(this.#database, sql)));
    return statement as Prepared<Row>;
  }
}

function filtersOf(query: DeliveryQuery): { sql: string; values: readonly SqliteValue[] } {
  let sql = "";
  const values: SqliteValue[] = [];
  const columns = { id: "d.id", sink: "l.sink", destination: "l.destination", type: "e.type", tenant: "e.tenant" };
  for (const [field, column] of Object.entries(columns)) {
    const value = query[field as keyof typeof columns];
    if (value === undefined) continue;
    sql += ` AND ${column} = ?`;
    values.push(storedText(value));
  }
  if (query.since !== undefined) {
    sql += " AND e.published_at >= ?";
    values.push(query.since);
  }
  if (query.state === "dead") sql += " AND d.state = 'dead'";
  else if (query.state === "parked") sql += " AND d.state = 'pending' AND l.state = 'disabled'";
  else if (query.state !== undefined) {
    sql += " AND d.state = ?";
    values.push(query.state);
  }
  return { sql, values };
}

/** `<last one looked at>-<last one to look at>`. The end is fixed at the first page: replayed deliveries come to stand behind it. */
function parseCursor(cursor: string): { after: number; last: number } {
  const [, after, last] = /^(\d{1,15})-(\d{1,15})$/.exec(cursor) ?? [];
  if (after === undefined || last === undefined)
    throw new BusError("BUS_QUERY_INVALID", ["the cursor is none that this store gave"]);
  return { after: Number(after), last: Number(last) };
}
