import type { DeliveryQuery, LaneId } from "@bus/core";
import type { Ledger } from "./ledger.ts";
import type { OrderGroups } from "./order-groups.ts";
import { DISCARDABLE, FINISHED, type FoundRow, type Page, type Search } from "./search.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { plainText } from "./stored-text.ts";
import { wholeMs } from "./whole-ms.ts";

const CHANGED_AT_ONCE = 32;

/** Makes ended deliveries due again, and ends those that wait. */
export class Replay {
  readonly #ledger: Ledger;
  readonly #groups: OrderGroups;
  readonly #search: Search;
  readonly #revive: Prepared;
  readonly #moveAttempts: Prepared;
  readonly #discard: Prepared;

  constructor(database: SqliteDatabase, parts: { ledger: Ledger; groups: OrderGroups; search: Search }) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#ledger = parts.ledger;
    this.#groups = parts.groups;
    this.#search = parts.search;
    this.#revive = sql(
      `UPDATE bus_deliveries SET seq = ?, state = 'pending', attempts = 0, due_at = ?, ready_at = ?, reason = NULL, ended_at = NULL
        WHERE seq = ?`,
    );
    this.#moveAttempts = sql("UPDATE bus_attempts SET delivery = ? WHERE delivery = ?");
    this.#discard = sql(
      `UPDATE bus_deliveries SET state = 'discarded', ended_at = ?, ready_at = NULL, lease_id = NULL, lease_until = NULL, reason = NULL
        WHERE seq = ?`,
    );
  }

  *replay(
    query: DeliveryQuery,
    page: Page & { now: number },
  ): Steps<{ count: number; cursor?: string; lanes: readonly LaneId[] }> {
    const { rows, ...rest } = this.#search.matches(query, page, FINISHED);
    const lanes = new Map<number, LaneId>();
    for (const [index, row] of rows.entries()) {
      if (index % CHANGED_AT_ONCE === CHANGED_AT_ONCE - 1) yield;
      lanes.set(row.lane, { sink: plainText(row.sink), destination: plainText(row.destination) });
      this.#reviveOne(row, wholeMs(page.now, page.now));
    }
    this.#groups.refresh();
    return { count: rows.length, lanes: [...lanes.values()], ...rest };
  }

  *discard(query: DeliveryQuery, page: Page & { now: number }): Steps<{ count: number; cursor?: string }> {
    const { rows, ...rest } = this.#search.matches(query, page, DISCARDABLE, page.now);
    for (const [index, { seq, lane, order_key: key, state, bytes }] of rows.entries()) {
      if (index % CHANGED_AT_ONCE === CHANGED_AT_ONCE - 1) yield;
      this.#discard.run(wholeMs(page.now, page.now), seq);
      this.#ledger.counters.finished_bytes += bytes;
      this.#ledger.count(lane, state, "discarded");
      this.#groups.touch(lane, key);
    }
    this.#groups.refresh();
    return { count: rows.length, ...rest };
  }

  /** As a new arrival: it goes to the end of its lane. */
  #reviveOne({ seq, lane, order_key: key, state, bytes }: FoundRow, now: number): void {
    const { counters } = this.#ledger;
    const arrival = (counters.last_delivery += 1);
    this.#revive.run(arrival, now, key === null ? now : null, seq);
    this.#moveAttempts.run(arrival, seq);
    if (state !== "dead") counters.finished_bytes -= bytes;
    this.#ledger.count(lane, state, "pending");
    this.#groups.touch(lane, key);
  }
}
