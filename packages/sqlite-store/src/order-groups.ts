import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";

/** The unfinished deliveries of one order key in one lane, in order of arrival. */
export interface OrderGroup {
  readonly lane: number;
  readonly key: string;
}

interface Head {
  readonly seq: number;
  readonly due_at: number;
  readonly lease_until: number | null;
  readonly ready_at: number | null;
}

/** Sets `ready_at` on the oldest delivery of each group that a change has touched: once for many changes. */
export class OrderGroups {
  readonly #touched = new Map<string, OrderGroup>();
  readonly #head: Prepared<Head>;
  readonly #leasedUntil: Prepared<{ at: number | null }>;
  readonly #setReady: Prepared;

  constructor(database: SqliteDatabase) {
    const sql = <Row>(text: string): Prepared<Row> => prepared<Row>(database, text);
    this.#head = sql(
      `SELECT seq, due_at, lease_until, ready_at FROM bus_deliveries INDEXED BY bus_deliveries_key
        WHERE lane = ? AND order_key = ? AND ended_at IS NULL ORDER BY seq LIMIT 1`,
    );
    this.#leasedUntil = sql(
      `SELECT max(lease_until) AS at FROM bus_deliveries INDEXED BY bus_deliveries_leased
        WHERE lane = ? AND order_key = ? AND lease_until IS NOT NULL`,
    );
    this.#setReady = sql("UPDATE bus_deliveries SET ready_at = ? WHERE seq = ?");
  }

  /** A delivery without a key is a group of its own, and carries its own `ready_at`. */
  touch(lane: number, key: string | null): void {
    if (key !== null) this.#touched.set(`${lane} ${key}`, { lane, key });
  }

  /** Called before the change is over. */
  refresh(): void {
    for (const { lane, key } of this.#touched.values()) this.#refreshOne(lane, key);
    this.#touched.clear();
  }

  #refreshOne(lane: number, key: string): void {
    const head = this.#head.get(lane, key);
    if (head === undefined) return;
    // The group waits for all that is out of it.
    const leasedUntil = this.#leasedUntil.get(lane, key)?.at ?? 0;
    const readyAt = Math.max(head.lease_until ?? head.due_at, leasedUntil);
    if (readyAt !== head.ready_at) this.#setReady.run(readyAt, head.seq);
  }
}
