import type { Attempt, Expansion, Settlement } from "@bus/core";
import type { Append } from "./append.ts";
import type { KeptState, Ledger } from "./ledger.ts";
import type { OrderGroups } from "./order-groups.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import type { Steps } from "./steps.ts";
import { plainText, storedText, storedTextOrNull } from "./stored-text.ts";
import { wholeMs } from "./whole-ms.ts";

/** Attempts kept of a delivery. */
const LONGEST_HISTORY = 20;
const SETTLED_AT_ONCE = 128;

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

/** How deliveries end that end alike. */
interface End {
  readonly state: Exclude<KeptState, "pending" | "leased">;
  readonly isFree: boolean;
  readonly isTried: boolean;
  readonly reason: string | undefined;
}

/** Ends leases. */
export class Settle {
  readonly #ledger: Ledger;
  readonly #groups: OrderGroups;
  readonly #append: Append;
  readonly #find: Prepared<HeldRow>;
  readonly #findAll: Prepared<HeldRow & { readonly id: string }>;
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
    const columns = "seq, lane, event, order_key, lease_id, attempts, tries, bytes";
    this.#find = sql(`SELECT ${columns} FROM bus_deliveries WHERE id = ?`);
    this.#findAll = sql(
      `SELECT d.id, ${columns} FROM json_each(?) AS wanted CROSS JOIN bus_deliveries AS d ON d.id = wanted.value`,
    );
    this.#putBack = sql(
      `UPDATE bus_deliveries SET state = 'pending', attempts = ?, tries = ?, due_at = ?, ready_at = ?, reason = ?, lease_id = NULL,
         lease_until = NULL WHERE seq = ?`,
    );
    this.#end = sql(
      `UPDATE bus_deliveries SET state = ?, attempts = attempts - ?, tries = tries + ?, ended_at = ?, reason = ?, ready_at = NULL,
         lease_id = NULL, lease_until = NULL WHERE seq IN (SELECT value FROM json_each(?))`,
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
    for (let settled = 0; settled < settlements.length; settled += SETTLED_AT_ONCE) {
      if (settled > 0) yield;
      answers.push(...this.#settlePiece(settlements.slice(settled, settled + SETTLED_AT_ONCE), now));
    }
    this.#groups.refresh();
    return answers;
  }

  *expand({ id, leaseId, deliveries }: Expansion, now: number): Steps<boolean> {
    const root = this.#find.get(storedText(id));
    if (root === undefined || root.lease_id !== leaseId) return false;
    if (deliveries.length === 0) {
      this.#endAll(
        [root],
        { state: "skipped", isFree: false, isTried: false, reason: "The sink named no destinations for it." },
        now,
      );
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

  /** What ends alike is written in one statement: most of a batch does. */
  #settlePiece(settlements: readonly Settlement[], now: number): readonly boolean[] {
    const rows = this.#heldBy(settlements);
    const ends = new Map<string, { end: End; rows: HeldRow[] }>();
    const answers = settlements.map((settlement) => {
      const held = rows.get(settlement.id);
      if (held === undefined || held.lease_id !== settlement.leaseId) return false;
      // A second settlement of it finds it gone.
      rows.delete(settlement.id);
      const { state, attempt, isFree = false, reason } = settlement;
      if (attempt !== undefined) this.#record(held, attempt);
      this.#groups.touch(held.lane, held.order_key);
      if (state === "pending") {
        this.#putBackOne(held, settlement, now);
        return true;
      }
      const end: End = { state, isFree, isTried: attempt !== undefined, reason };
      const name = JSON.stringify(end);
      const alike = ends.get(name);
      if (alike) alike.rows.push(held);
      else ends.set(name, { end, rows: [held] });
      return true;
    });
    for (const { end, rows: ended } of ends.values()) this.#endAll(ended, end, now);
    return answers;
  }

  #heldBy(settlements: readonly Settlement[]): Map<string, HeldRow> {
    const rows = new Map<string, HeldRow>();
    for (const row of this.#findAll.all(JSON.stringify(settlements.map(({ id }) => storedText(id)))))
      rows.set(plainText(row.id), row);
    return rows;
  }

  #putBackOne(held: HeldRow, { attempt, isFree = false, reason, dueAt }: Settlement, now: number): void {
    const due = wholeMs(dueAt ?? now, now);
    const attempts = held.attempts - (isFree ? 1 : 0);
    const tries = held.tries + (attempt === undefined ? 0 : 1);
    this.#putBack.run(attempts, tries, due, held.order_key === null ? due : null, storedTextOrNull(reason), held.seq);
    this.#ledger.count(held.lane, "leased", "pending");
  }

  #endAll(rows: readonly HeldRow[], { state, isFree, isTried, reason }: End, now: number): void {
    const seqs = JSON.stringify(rows.map(({ seq }) => seq));
    this.#end.run(state, isFree ? 1 : 0, isTried ? 1 : 0, wholeMs(now, now), storedTextOrNull(reason), seqs);
    for (const { lane, bytes } of rows) {
      // Dead letters have a retention of their own, which counts no bytes.
      if (state !== "dead") this.#ledger.counters.finished_bytes += bytes;
      this.#ledger.count(lane, "leased", state);
    }
  }

  #record({ seq, tries }: HeldRow, { startedAt, durationMs, outcome, reason, info }: Attempt): void {
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
  }
}
