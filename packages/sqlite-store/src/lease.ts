import type { Lease, LeasedDelivery, LeaseRequest } from "@bus/core";
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

const TAKEN_AT_ONCE = 32;
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
      `UPDATE bus_deliveries SET state = 'leased', attempts = ?, lease_id = ?, lease_until = ?, reason = NULL, ready_at = ?
        WHERE seq = ?`,
    );
  }

  *lease({ lane: id, limit, perKey, now, until }: LeaseRequest): Steps<Lease> {
    const lane = this.#ledger.laneOf(id);
    if (lane !== undefined) this.#ledger.writeLane(lane);
    const row = lane === undefined ? undefined : this.#laneRow.get(lane);
    // The time at which the lane is ready has its state in it.
    if (lane === undefined || row === undefined || row.ready_at === null || row.ready_at > now) return NOTHING;
    const isPaused = row.state === "paused";
    const most = isPaused ? 1 : limit;
    const end = wholeMs(until, now);
    const deliveries: LeasedDelivery[] = [];
    for (const head of this.#heads.all(lane, now, most)) {
      if (deliveries.length === most) break;
      if (deliveries.length % TAKEN_AT_ONCE === TAKEN_AT_ONCE - 1) yield;
      deliveries.push(this.#taken(id, lane, head, end, end));
      const others = Math.min(perKey, most - deliveries.length + 1) - 1;
      if (head.order_key === null || others < 1) continue;
      for (const follower of this.#followers.all(lane, head.order_key, head.seq, others)) {
        if (follower.free_at > now) break;
        deliveries.push(this.#taken(id, lane, follower, end, null));
      }
    }
    return deliveries.length === 0 ? NOTHING : { deliveries, isProbe: isPaused };
  }

  #taken(id: LeaseRequest["lane"], lane: number, row: LeaseRow, until: number, readyAt: number | null): LeasedDelivery {
    const leaseId = (this.#ledger.counters.last_lease += 1);
    const attempt = row.attempts + 1;
    this.#take.run(attempt, leaseId, until, readyAt, row.seq);
    this.#ledger.count(lane, row.state, "leased");
    return { ...newDeliveryOf(row, id), event: eventOf(row), leaseId, attempt };
  }
}
