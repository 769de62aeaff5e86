import type { LaneCondition, LaneId, LaneRecord, LaneStatus } from "@bus/core";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import { inOneGo } from "./steps.ts";
import { plainText, storedText, storedTextOrNull } from "./stored-text.ts";
import { wholeMs } from "./whole-ms.ts";

interface StateRow {
  readonly state: string;
  readonly paused_until: number | null;
}

interface LaneRow extends StateRow {
  readonly sink: string;
  readonly destination: string;
  readonly reason: string | null;
  readonly unfinished: number;
}

interface Name {
  readonly destination: string;
}

/** Which lanes there are, their states, and which have work. */
export class Lanes {
  readonly #ledger: Ledger;
  readonly #due: Prepared<Name>;
  readonly #next: Prepared<{ at: number | null }>;
  readonly #all: Prepared<LaneRow>;
  readonly #state: Prepared<StateRow>;
  readonly #set: Prepared;
  readonly #parked: Prepared<{ parked: number }>;

  constructor(database: SqliteDatabase, ledger: Ledger) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#ledger = ledger;
    this.#due = sql("SELECT destination FROM bus_lanes WHERE sink = ? AND ready_at <= ? ORDER BY ready_at");
    this.#next = sql("SELECT min(ready_at) AS at FROM bus_lanes WHERE sink = ? AND ready_at > ?");
    this.#all = sql(
      `SELECT sink, destination, state, reason, paused_until, pending + leased AS unfinished FROM bus_lanes
        WHERE pending + leased > 0 OR state <> 'active' ORDER BY lane`,
    );
    this.#state = sql("SELECT state, paused_until FROM bus_lanes WHERE lane = ?");
    this.#set = sql("UPDATE bus_lanes SET state = ?, reason = ?, paused_until = ? WHERE lane = ?");
    this.#parked = sql("SELECT coalesce(sum(pending), 0) AS parked FROM bus_lanes WHERE state = 'disabled'");
  }

  /** Pending deliveries in disabled lanes. */
  get parked(): number {
    inOneGo(this.#ledger.writeLanes());
    return this.#parked.get()?.parked ?? 0;
  }

  due(sinks: readonly string[], now: number): { lanes: readonly LaneId[]; nextAt: number | undefined } {
    inOneGo(this.#ledger.writeLanes());
    const lanes: LaneId[] = [];
    let earliest = Infinity;
    for (const sink of new Set(sinks)) {
      const name = storedText(sink);
      for (const { destination } of this.#due.all(name, now)) lanes.push({ sink, destination: plainText(destination) });
      earliest = Math.min(earliest, this.#next.get(name, now)?.at ?? Infinity);
    }
    return { lanes, nextAt: earliest === Infinity ? undefined : earliest };
  }

  all(): readonly LaneRecord[] {
    inOneGo(this.#ledger.writeLanes());
    return this.#all.all().map((row) => ({
      sink: plainText(row.sink),
      destination: plainText(row.destination),
      status: statusOf(row),
      unfinished: row.unfinished,
    }));
  }

  setLane(id: LaneId, status: LaneStatus, condition?: LaneCondition): boolean {
    const lane = status.state === "active" ? this.#ledger.laneOf(id) : this.#ledger.obtainLane(id);
    if (lane === undefined) return true;
    if (condition && isKept(this.#state.get(lane), condition)) return false;
    const reason = status.state === "active" ? undefined : status.reason;
    const until = status.state === "paused" ? status.until : undefined;
    this.#set.run(status.state, storedTextOrNull(reason), until === undefined ? null : wholeMs(until, 0), lane);
    this.#ledger.touch(lane);
    return true;
  }
}

function isKept(row: StateRow | undefined, { unless }: LaneCondition): boolean {
  return row?.state === "disabled" || (unless === "held" && row?.state === "paused" && row.paused_until === null);
}

function statusOf({ state, reason: stored, paused_until: until }: LaneRow): LaneStatus {
  if (state === "active") return { state };
  const reason = plainText(stored ?? "");
  if (state === "disabled") return { state, reason };
  return { state: "paused", reason, ...(until !== null && { until }) };
}
