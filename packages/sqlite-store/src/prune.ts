import type { PruneBounds } from "@bus/core";
import type { KeptState, Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";

interface EndedRow {
  readonly seq: number;
  readonly ended_at: number;
  readonly bytes: number;
}

interface EndedDelivery extends EndedRow {
  readonly lane: number;
  readonly event: number;
  readonly state: KeptState;
}

const FORGOTTEN_AT_ONCE = 32;
/** Free pages are kept for what comes next, up to this part of the file; the rest is given back, a few at a time. */
const LARGEST_FREE_PART = 0.25;
/** What PRAGMA auto_vacuum says of a file that can be shortened. */
const INCREMENTAL = 2;
const PAGES_GIVEN_BACK = 256;

/** Forgets what ended, oldest first. What is unfinished has no end, so it is in neither of the indexes this goes by. */
export class Prune {
  readonly #database: SqliteDatabase;
  readonly #ledger: Ledger;
  readonly #deliveries: Prepared<EndedDelivery>;
  readonly #dead: Prepared<EndedDelivery>;
  readonly #events: Prepared<EndedRow>;
  readonly #dropDelivery: Prepared;
  readonly #dropAttempts: Prepared;
  readonly #dropEvent: Prepared;
  readonly #dropWithLast: Prepared;
  readonly #takeFromEvent: Prepared;
  readonly #pages: Prepared<{ pages: number; free: number; vacuum: number }>;

  constructor(database: SqliteDatabase, ledger: Ledger) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#database = database;
    this.#ledger = ledger;
    this.#deliveries = sql(
      `SELECT seq, ended_at, bytes, lane, event, state FROM bus_deliveries INDEXED BY bus_deliveries_ended
        WHERE ended_at IS NOT NULL AND state <> 'dead' ORDER BY ended_at, seq LIMIT ?`,
    );
    this.#dead = sql(
      `SELECT seq, ended_at, bytes, lane, event, state FROM bus_deliveries INDEXED BY bus_deliveries_died
        WHERE state = 'dead' AND ended_at < ? ORDER BY ended_at LIMIT ?`,
    );
    this.#events = sql(
      `SELECT seq, ended_at, bytes FROM bus_events INDEXED BY bus_events_ended
        WHERE ended_at IS NOT NULL ORDER BY ended_at, seq LIMIT ?`,
    );
    this.#dropDelivery = sql("DELETE FROM bus_deliveries WHERE seq = ?");
    this.#dropAttempts = sql("DELETE FROM bus_attempts WHERE delivery = ?");
    this.#dropEvent = sql("DELETE FROM bus_events WHERE seq = ?");
    this.#dropWithLast = sql("DELETE FROM bus_events WHERE seq = ? AND deliveries = 1");
    this.#takeFromEvent = sql("UPDATE bus_events SET deliveries = deliveries - 1 WHERE seq = ?");
    this.#pages = sql(
      `SELECT page_count AS pages, freelist_count AS free, auto_vacuum AS vacuum
         FROM pragma_page_count, pragma_freelist_count, pragma_auto_vacuum`,
    );
  }

  *prune({ before, maxBytes, deadBefore, limit }: PruneBounds): Steps<boolean> {
    const { counters } = this.#ledger;
    let gone = 0;
    // One more than may go tells whether more are left.
    for (const oldest of merged(this.#deliveries.all(limit + 1), this.#events.all(limit + 1))) {
      if (oldest.ended_at >= before && counters.finished_bytes <= maxBytes) break;
      if (gone >= limit) return true;
      if ((gone += 1) % FORGOTTEN_AT_ONCE === 0) yield;
      counters.finished_bytes -= oldest.bytes;
      if ("lane" in oldest) this.#forget(oldest);
      else counters.events -= Number(this.#dropEvent.run(oldest.seq).changes);
    }
    for (const dead of this.#dead.all(deadBefore, limit - gone + 1)) {
      if (gone >= limit) return true;
      if ((gone += 1) % FORGOTTEN_AT_ONCE === 0) yield;
      this.#forget(dead);
    }
    return this.#giveBack();
  }

  #forget({ seq, lane, event, state }: EndedDelivery): void {
    this.#dropAttempts.run(seq);
    this.#dropDelivery.run(seq);
    this.#ledger.count(lane, state, undefined);
    if (Number(this.#dropWithLast.run(event).changes) === 0) this.#takeFromEvent.run(event);
    else this.#ledger.counters.events -= 1;
  }

  /** Shortens the file where far more of it is free than in use calls for; true when it has more to give. */
  #giveBack(): boolean {
    const { pages, free, vacuum } = this.#pages.get() ?? { pages: 0, free: 0, vacuum: 0 };
    const spare = free - Math.ceil(pages * LARGEST_FREE_PART);
    if (vacuum !== INCREMENTAL || spare < PAGES_GIVEN_BACK) return false;
    this.#database.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`);
    return true;
  }
}

function merged(deliveries: readonly EndedDelivery[], events: readonly EndedRow[]): (EndedDelivery | EndedRow)[] {
  return [...deliveries, ...events].sort((a, b) => a.ended_at - b.ended_at);
}
