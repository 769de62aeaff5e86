import type { Lease, LeaseRequest } from "@bus/core";
import { eventOf, newDeliveryOf, EVENT_COLUMNS, type EventRow, type DeliveryRow } from "./delivery-rows.ts";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { wholeMs } from "./whole-ms.ts";

interface LaneRow {
  readonly state: string;
  readonly paused_until: number | null;
  readonly ready_at: number | null;
}

interface LeaseRow extends EventRow, DeliveryRow {
  readonly free_at: number;
}

const TAKEN_AT_ONCE = 128;
const NOTHING: Lease = { deliveries: [], isProbe: false };

/** Hands out deliveries, from the index that holds what a lease may begin with. */
export class Leases {
  readonly #ledger: Ledger;
  readonly #laneRow: Prepared<LaneRow>;
  readonly #heads: Prepared<LeaseRow>;
  readonly #followers: Prepared<LeaseRow>;
  readonly #take: Prepared;

  constructor(database: SqliteDatabase, ledger: Ledger) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#ledger = ledger;
    this.#laneRow = sql("SELECT state, paused_until, ready_at FROM bus_lanes WHERE lane = ?");
    const columns = `d.seq, d.id, d.order_key, d.mapped_type, d.mapped_data, d.attempts, d.state,
      coalesce(d.lease_until, d.due_at) AS free_at, ${EVENT_COLUMNS}`;
    this.#heads = sql(
      `SELECT ${columns} FROM bus_deliveries AS d INDEXED BY bus_deliveries_ready CROSS JOIN bus_events AS e ON e.seq = d.event
        WHERE d.lane = ? AND d.ready_at <= ? ORDER BY d.ready_at, d.seq LIMIT ?`,
    );
    this.#followers = sql(
      `SELECT ${columns} FROM bus_deliveries AS d INDEXED BY bus_deliveries_key CROSS JOIN bus_events AS e ON e.seq = d.event
        WHERE d.lane = ? AND d.order_key = ? AND d.ended_at IS NULL AND d.seq > ? ORDER BY d.seq LIMIT ?`,
    );
    this.#take = sql(
      `UPDATE bus_deliveries SET state = 'leased', attempts = attempts + 1, lease_id = ?, lease_until = ?, reason = NULL, ready_at = ?
        WHERE seq IN (SELECT value FROM json_each(?))`,
    );
  }

  *lease({ lane: id, limit, perKey, now, until }: LeaseRequest): Steps<Lease> {
    const lane = this.#ledger.laneOf(id);
    if (lane !== undefined) this.#ledger.writeLane(lane);
    const row = lane === undefined ? undefined : this.#laneRow.get(lane);
    // The time at which the lane is ready has its state in it.
    if (lane === undefined || row === undefined || row.ready_at === null || row.ready_at > now) return NOTHING;
    const isPaused = row.state === "paused";
    const heads: LeaseRow[] = [];
    const followers: LeaseRow[] = [];
    const rows: LeaseRow[] = [];
    const most = isPaused ? 1 : limit;
    for (const head of this.#heads.all(lane, now, most)) {
      if (rows.length === most) break;
      if (heads.push(head) % TAKEN_AT_ONCE === 0) yield;
      rows.push(head);
      const others = Math.min(perKey, most - rows.length + 1) - 1;
      if (head.order_key === null || others < 1) continue;
      for (const follower of this.#followers.all(lane, head.order_key, head.seq, others)) {
        if (follower.free_at > now) break;
        followers.push(follower);
        rows.push(follower);
      }
    }
    if (rows.length === 0) return NOTHING;
    const leaseId = (this.#ledger.counters.last_lease += 1);
    const end = wholeMs(until, now);
    yield* this.#takeAll(heads, { lane, leaseId, end, readyAt: end });
    yield* this.#takeAll(followers, { lane, leaseId, end, readyAt: null });
    const deliveries = rows.map((taken) => ({
      ...newDeliveryOf(taken, id),
      event: eventOf(taken),
      leaseId,
      attempt: taken.attempts + 1,
    }));
    return { deliveries, isProbe: isPaused };
  }

  *#takeAll(
    rows: readonly LeaseRow[],
    { lane, leaseId, end, readyAt }: { lane: number; leaseId: number; end: number; readyAt: number | null },
  ): Generator<void, void> {
    for (let taken = 0; taken < rows.length; taken += TAKEN_AT_ONCE) {
      yield;
      const piece = rows.slice(taken, taken + TAKEN_AT_ONCE);
      this.#take.run(leaseId, end, readyAt, JSON.stringify(piece.map(({ seq }) => seq)));
      for (const { state } of piece) this.#ledger.count(lane, state, "leased");
    }
  }
}
