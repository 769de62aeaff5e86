import type { Attempt, Expansion, Settlement } from "@bus/core";
import type { Append } from "./append.ts";
import type { KeptState, Ledger } from "./ledger.ts";
import type { OrderGroups } from "./order-groups.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { storedText, storedTextOrNull } from "./stored-text.ts";
import { wholeMs } from "./whole-ms.ts";

/** Attempts kept of a delivery. */
const LONGEST_HISTORY = 20;
const SETTLED_AT_ONCE = 32;

interface HeldRow {
  readonly seq: number;
  readonly lane: number;
  readonly event: number;
  readonly order_key: string | null;
  readonly lease_id: number | null;
  readonly attempts: number;
  readonly tries: number;
  readonly bytes: number;
}

/** Ends leases. */
export class Settle {
  readonly #ledger: Ledger;
  readonly #groups: OrderGroups;
  readonly #append: Append;
  readonly #find: Prepared<HeldRow>;
  readonly #putBack: Prepared;
  readonly #end: Prepared;
  readonly #addAttempt: Prepared;
  readonly #dropAttempt: Prepared;
  readonly #dropAttempts: Prepared;
  readonly #drop: Prepared;
  readonly #addToEvent: Prepared;

  constructor(database: SqliteDatabase, parts: { ledger: Ledger; groups: OrderGroups; append: Append }) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#ledger = parts.ledger;
    this.#groups = parts.groups;
    this.#append = parts.append;
    this.#find = sql(
      "SELECT seq, lane, event, order_key, lease_id, attempts, tries, bytes FROM bus_deliveries WHERE id = ?",
    );
    this.#putBack = sql(
      `UPDATE bus_deliveries SET state = 'pending', attempts = ?, tries = ?, due_at = ?, ready_at = ?, reason = ?, lease_id = NULL,
         lease_until = NULL WHERE seq = ?`,
    );
    this.#end = sql(
      `UPDATE bus_deliveries SET state = ?, attempts = ?, tries = ?, ended_at = ?, reason = ?, ready_at = NULL, lease_id = NULL,
         lease_until = NULL WHERE seq = ?`,
    );
    this.#addAttempt = sql(
      `INSERT INTO bus_attempts (delivery, number, started_at, duration_ms, outcome, reason, status, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#dropAttempt = sql("DELETE FROM bus_attempts WHERE delivery = ? AND number = ?");
    this.#dropAttempts = sql("DELETE FROM bus_attempts WHERE delivery = ?");
    this.#drop = sql("DELETE FROM bus_deliveries WHERE seq = ?");
    this.#addToEvent = sql("UPDATE bus_events SET deliveries = deliveries + ? WHERE seq = ?");
  }

  *settle(settlements: readonly Settlement[], now: number): Steps<readonly boolean[]> {
    const answers: boolean[] = [];
    for (const settlement of settlements) {
      if (answers.length % SETTLED_AT_ONCE === SETTLED_AT_ONCE - 1) yield;
      answers.push(this.#settleOne(settlement, now));
    }
    this.#groups.refresh();
    return answers;
  }

  *expand({ id, leaseId, deliveries }: Expansion, now: number): Steps<boolean> {
    const root = this.#find.get(storedText(id));
    if (root === undefined || root.lease_id !== leaseId) return false;
    if (deliveries.length === 0) {
      this.#endOne(root, { state: "skipped", now, reason: "The sink named no destinations for it.", ...root });
    } else {
      const eventBytes = Math.ceil(root.bytes / deliveries.length);
      let added = 0;
      for (const delivery of deliveries) {
        this.#append.add(delivery, { event: root.event, eventBytes, now });
        if ((added += 1) % SETTLED_AT_ONCE === 0) yield;
      }
      this.#dropAttempts.run(root.seq);
      this.#drop.run(root.seq);
      this.#addToEvent.run(deliveries.length - 1, root.event);
      this.#ledger.count(root.lane, "leased", undefined);
    }
    this.#groups.touch(root.lane, root.order_key);
    this.#groups.refresh();
    return true;
  }

  #settleOne(settlement: Settlement, now: number): boolean {
    const held = this.#find.get(storedText(settlement.id));
    if (held === undefined || held.lease_id !== settlement.leaseId) return false;
    const { state, attempt, isFree = false, reason, dueAt = now } = settlement;
    const attempts = held.attempts - (isFree ? 1 : 0);
    const tries = attempt === undefined ? held.tries : this.#record(held, attempt);
    if (state === "pending") {
      const due = wholeMs(dueAt, now);
      this.#putBack.run(attempts, tries, due, held.order_key === null ? due : null, storedTextOrNull(reason), held.seq);
      this.#ledger.count(held.lane, "leased", "pending");
    } else this.#endOne(held, { state, attempts, tries, reason, now });
    this.#groups.touch(held.lane, held.order_key);
    return true;
  }

  #endOne(
    { seq, lane, bytes }: HeldRow,
    end: { state: KeptState; attempts: number; tries: number; reason: string | undefined; now: number },
  ): void {
    const { state, attempts, tries, reason, now } = end;
    this.#end.run(state, attempts, tries, wholeMs(now, now), storedTextOrNull(reason), seq);
    // Dead letters have a retention of their own, which counts no bytes.
    if (state !== "dead") this.#ledger.counters.finished_bytes += bytes;
    this.#ledger.count(lane, "leased", state);
  }

  /** How many attempts were ever recorded. */
  #record({ seq, tries }: HeldRow, { startedAt, durationMs, outcome, reason, info }: Attempt): number {
    const number = tries + 1;
    this.#addAttempt.run(
      seq,
      number,
      Math.floor(startedAt),
      Math.round(durationMs),
      outcome,
      storedTextOrNull(reason),
      info?.status ?? null,
      storedTextOrNull(info?.detail),
    );
    if (number > LONGEST_HISTORY) this.#dropAttempt.run(seq, number - LONGEST_HISTORY);
    return number;
  }
}
