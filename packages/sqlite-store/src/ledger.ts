import type { DeliveryState, LaneId } from "@bus/core";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import { storedText } from "./stored-text.ts";
import type { Steps } from "./steps.ts";

export type KeptState = Exclude<DeliveryState, "parked">;

/** What is counted, and the last numbers given; a row of bus_counters. */
export interface Counters extends Record<KeptState, number> {
  events: number;
  finished_bytes: number;
  last_event: number;
  last_lane: number;
  last_delivery: number;
  last_lease: number;
}

const COLUMNS: readonly (keyof Counters)[] = [
  "events",
  "pending",
  "leased",
  "delivered",
  "skipped",
  "dead",
  "discarded",
  "finished_bytes",
  "last_event",
  "last_lane",
  "last_delivery",
  "last_lease",
];

interface LaneChange {
  pending: number;
  leased: number;
  deliveries: number;
}

interface LaneRow {
  readonly state: string;
  readonly paused_until: number | null;
  readonly deliveries: number;
}

/** Lanes are written once per transaction; after so many the event loop may have its turn. */
const LANES_AT_ONCE = 64;
const MOST_KNOWN_LANES = 50_000;

/**
 * The books of one transaction: counts and numbers, kept in memory while it runs and written at its end, together with when each lane that it
 * touched is ready next. `begin` reads them anew, so that what other processes wrote, or what was rolled back, is never counted on.
 */
export class Ledger {
  counters: Counters;
  #before: Counters;
  readonly #lanes = new Map<number, LaneChange>();
  /** Numbers of lanes, valid until another connection writes or this one rolls back. */
  readonly #known = new Map<string, number>();
  #knownVersion = -1;
  readonly #readCounters: Prepared<Counters>;
  readonly #writeCounters: Prepared;
  readonly #dataVersion: Prepared<{ data_version: number }>;
  readonly #findLane: Prepared<{ lane: number }>;
  readonly #addLane: Prepared;
  readonly #laneRow: Prepared<LaneRow>;
  readonly #headAt: Prepared<{ at: number | null }>;
  readonly #leasedUntil: Prepared<{ at: number | null }>;
  readonly #writeLane: Prepared;
  readonly #dropLane: Prepared;

  constructor(database: SqliteDatabase) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#readCounters = sql("SELECT * FROM bus_counters");
    this.#writeCounters = sql(`UPDATE bus_counters SET ${COLUMNS.map((name) => `${name} = ?`).join(", ")}`);
    this.#dataVersion = sql("PRAGMA data_version");
    this.#findLane = sql("SELECT lane FROM bus_lanes WHERE sink = ? AND destination = ?");
    this.#addLane = sql("INSERT INTO bus_lanes (lane, sink, destination) VALUES (?, ?, ?)");
    this.#laneRow = sql("SELECT state, paused_until, deliveries FROM bus_lanes WHERE lane = ?");
    this.#headAt = sql(
      `SELECT min(ready_at) AS at FROM bus_deliveries INDEXED BY bus_deliveries_ready
        WHERE lane = ? AND ready_at IS NOT NULL`,
    );
    this.#leasedUntil = sql(
      `SELECT max(lease_until) AS at FROM bus_deliveries INDEXED BY bus_deliveries_leased
        WHERE lane = ? AND lease_until IS NOT NULL`,
    );
    this.#writeLane = sql(
      `UPDATE bus_lanes SET pending = pending + ?, leased = leased + ?, deliveries = deliveries + ?, ready_at = ? WHERE lane = ?`,
    );
    this.#dropLane = sql("DELETE FROM bus_lanes WHERE lane = ?");
    this.counters = this.#read();
    this.#before = this.counters;
  }

  get unfinished(): number {
    return this.counters.pending + this.counters.leased;
  }

  /** Called first in every transaction. */
  begin(): void {
    this.#lanes.clear();
    this.#before = this.#read();
    this.counters = { ...this.#before };
    const version = this.#dataVersion.get()?.data_version ?? 0;
    if (version !== this.#knownVersion || this.#known.size > MOST_KNOWN_LANES) this.#known.clear();
    this.#knownVersion = version;
  }

  /** Called after every rollback, and around what the host may roll back: lanes made in it may not be there. */
  forgetLanes(): void {
    this.#known.clear();
  }

  /** The number of the lane; undefined when there is none. */
  laneOf(id: LaneId): number | undefined {
    const name = nameOf(id);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const lane = this.#findLane.get(storedText(id.sink), storedText(id.destination))?.lane;
    if (lane !== undefined) this.#known.set(name, lane);
    return lane;
  }

  /** The number of the lane, made if it is not there. */
  obtainLane(id: LaneId): number {
    const lane = this.laneOf(id);
    if (lane !== undefined) return lane;
    this.#addLane.run((this.counters.last_lane += 1), storedText(id.sink), storedText(id.destination));
    this.#known.set(nameOf(id), this.counters.last_lane);
    return this.counters.last_lane;
  }

  /** A delivery of the lane changed its state; undefined: it was not there before, or is not any more. */
  count(lane: number, from: KeptState | undefined, to: KeptState | undefined): void {
    const change = this.touch(lane);
    if (from !== undefined) this.#add(change, from, -1);
    if (to !== undefined) this.#add(change, to, 1);
  }

  /** The lane is written before it is read, and at the end of the transaction. */
  touch(lane: number): LaneChange {
    let change = this.#lanes.get(lane);
    if (change === undefined) this.#lanes.set(lane, (change = { pending: 0, leased: 0, deliveries: 0 }));
    return change;
  }

  /** Called before the lane is read: the transaction may have touched it. */
  writeLane(lane: number): void {
    const change = this.#lanes.get(lane);
    if (change === undefined) return;
    this.#lanes.delete(lane);
    this.#write(lane, change);
  }

  /** Called before all lanes are read. */
  *writeLanes(): Generator<void, void> {
    let written = 0;
    for (const lane of this.#lanes.keys()) {
      this.writeLane(lane);
      if ((written += 1) % LANES_AT_ONCE === 0) yield;
    }
  }

  /** Called last in every transaction. */
  *finish(): Steps<void> {
    yield* this.writeLanes();
    if (COLUMNS.some((name) => this.counters[name] !== this.#before[name])) this.#writeAll();
  }

  #add(change: LaneChange, state: KeptState, by: 1 | -1): void {
    this.counters[state] += by;
    change.deliveries += by;
    if (state === "pending" || state === "leased") change[state] += by;
  }

  #write(lane: number, { pending, leased, deliveries }: LaneChange): void {
    const row = this.#laneRow.get(lane);
    if (row === undefined) throw new Error(`bus_lanes has no lane ${lane}: were its tables changed by hand?`);
    if (row.deliveries + deliveries === 0 && row.state === "active") {
      this.#dropLane.run(lane);
      this.#known.clear();
    } else this.#writeLane.run(pending, leased, deliveries, this.#readyAt(lane, row), lane);
  }

  #readyAt(lane: number, { state, paused_until: until }: LaneRow): number | null {
    if (state === "disabled" || (state === "paused" && until === null)) return null;
    const headAt = this.#headAt.get(lane)?.at ?? null;
    if (headAt === null || state === "active" || until === null) return headAt;
    // The probe goes alone: whatever is still out comes back first.
    return Math.max(until, headAt, this.#leasedUntil.get(lane)?.at ?? 0);
  }

  #read(): Counters {
    const row = this.#readCounters.get();
    if (row === undefined) throw new Error("bus_counters has lost its row: were its tables changed by hand?");
    return row;
  }

  #writeAll(): void {
    this.#writeCounters.run(...COLUMNS.map((name) => this.counters[name]));
  }
}

function nameOf({ sink, destination }: LaneId): string {
  return `${sink.length} ${sink}${destination}`;
}
