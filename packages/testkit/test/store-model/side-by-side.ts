import { deepEqual, equal, ok } from "node:assert/strict";

import { FAN_OUT, type LaneId, type LaneStatus, type Settlement, type Store } from "@bus/core";
import { laneName, NaiveStore, type NaiveRow } from "./naive-store.ts";

export const LANES: readonly LaneId[] = [
  { sink: "hooks", destination: "one" },
  { sink: "hooks", destination: "two" },
  { sink: "hooks", destination: FAN_OUT },
  { sink: "graph", destination: "default" },
];

/** Does the same to the store and to the naive one, and compares. */
export class SideBySide {
  now = 1000;
  readonly #store: Store;
  readonly #naive = new NaiveStore();
  /** Every lease ever given, to be settled in time, late or twice. */
  readonly #given: { id: string; leaseId: number }[] = [];
  #lastId = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async append(to: readonly (readonly [LaneId, string | undefined])[]): Promise<void> {
    const event = {
      id: this.#id("e"),
      type: "message.created",
      source: "test",
      time: "2026-01-01T00:00:00.000Z",
      data: "{}",
    };
    const deliveries = this.#deliveries(to);

    const answers = await this.#store.append([{ event, deliveries }], { maxBacklog: 1000, now: this.now });

    deepEqual(answers, ["appended"]);
    for (const delivery of deliveries) this.#naive.add(event.id, delivery, this.now);
  }

  async lease(id: LaneId, limit: number, perKey: number, leaseMs: number): Promise<void> {
    const request = { lane: id, limit, perKey, now: this.now, until: this.now + leaseMs };
    const rows = this.#naive.leasable(id, request);

    const { deliveries, isProbe } = await this.#store.lease(request);

    deepEqual(
      deliveries.map((delivery) => delivery.id),
      rows.map((row) => row.delivery.id),
    );
    equal(isProbe, rows.length > 0 && this.#naive.status(id).state === "paused");
    const lastId = this.#given.at(-1)?.leaseId ?? 0;
    for (const [index, row] of rows.entries()) {
      const leaseId = deliveries[index]?.leaseId ?? 0;
      ok(leaseId > lastId);
      equal(deliveries[index]?.attempt, row.attempts + 1);
      this.#given.push({ id: row.delivery.id, leaseId });
      Object.assign(row, { state: "leased", attempts: row.attempts + 1, lease: { id: leaseId, until: request.until } });
    }
  }

  async settle(picks: readonly (readonly [number, Settlement["state"], number, boolean])[]): Promise<void> {
    if (this.#given.length === 0) return;
    const settlements = picks.map(([pick, to, afterMs, isFree]): Settlement => ({
      ...this.#pick(pick),
      state: to,
      dueAt: this.now + afterMs,
      isFree,
    }));

    const answers = await this.#store.settle(settlements, this.now);

    const expected = settlements.map((settlement) => {
      const row = this.#held(settlement);
      if (row === undefined) return false;
      if (settlement.isFree === true) row.attempts -= 1;
      if (settlement.state === "pending") {
        Object.assign(row, { state: "pending", lease: undefined, dueAt: settlement.dueAt });
      } else this.#naive.end(row, settlement.state, this.now);
      return true;
    });
    deepEqual(answers, expected);
  }

  async expand(pick: number, to: readonly (readonly [LaneId, string | undefined])[]): Promise<void> {
    if (this.#given.length === 0) return;
    const lease = this.#pick(pick);
    const row = this.#held(lease);
    const deliveries = this.#deliveries(to);

    const answer = await this.#store.expand({ ...lease, deliveries }, this.now);

    equal(answer, row !== undefined);
    if (row === undefined) return;
    for (const delivery of deliveries) this.#naive.add(row.eventId, delivery, this.now);
    if (deliveries.length === 0) this.#naive.end(row, "skipped", this.now);
    else this.#naive.rows = this.#naive.rows.filter((other) => other !== row);
  }

  async setLane(id: LaneId, to: LaneStatus): Promise<void> {
    await this.#store.setLane(id, to);
    this.#naive.statuses.set(laneName(id), to);
  }

  async replay(id: LaneId, limit: number): Promise<void> {
    const rows = this.#naive.rows.filter((row) => row.endedAt !== undefined && laneName(row.delivery) === laneName(id));

    let page: { count: number; cursor?: string } = { count: 0, cursor: undefined as never };
    let count = 0;
    do {
      page = await this.#store.replay(id, { limit, cursor: page.cursor, now: this.now });
      count += page.count;
    } while (page.cursor !== undefined);

    equal(count, rows.length);
    for (const row of rows) this.#naive.revive(row, this.now);
  }

  async discard(id: LaneId, limit: number): Promise<void> {
    const isFree = ({ lease }: NaiveRow): boolean => lease === undefined || lease.until <= this.now;
    const rows = this.#naive.rows
      .filter((row) => laneName(row.delivery) === laneName(id) && isFree(row))
      .filter((row) => row.endedAt === undefined || row.state === "dead")
      .slice(0, limit);

    const { count } = await this.#store.discard(id, { limit, now: this.now });

    equal(count, rows.length);
    for (const row of rows) this.#naive.end(row, "discarded", this.now);
  }

  async prune(before: number): Promise<void> {
    const deadBefore = before - 5;
    const bounds = { before, maxBytes: Infinity, deadBefore, limit: 3 };
    while (await this.#store.prune(bounds)) await this.check({ isPruning: true });
    this.#naive.rows = this.#naive.rows.filter(
      ({ state, endedAt }) => endedAt === undefined || endedAt >= (state === "dead" ? deadBefore : before),
    );
  }

  async check({ isPruning = false }: { isPruning?: boolean } = {}): Promise<void> {
    const records = (await this.#store.query({}, { limit: 1000 })).items;
    await this.#checkCounts(records.map((record) => record.state));
    this.#checkLeases();
    if (isPruning) return;

    deepEqual(
      records.map(({ id, state, attempts, dueAt, endedAt }) => ({ id, state, attempts, dueAt, endedAt })),
      this.#naive.rows.map(({ delivery, state, attempts, dueAt, endedAt }) => {
        const isParked = state === "pending" && this.#naive.status(delivery).state === "disabled";
        return { id: delivery.id, state: isParked ? "parked" : state, attempts, dueAt, endedAt };
      }),
    );
    await this.#checkDue();
    await this.#checkLanes();
  }

  /** Nothing unfinished is lost: with every lane active and every lease over, all of it comes out, in order per key. */
  async finish(): Promise<void> {
    this.now += 1000;
    for (const id of LANES) {
      await this.setLane(id, { state: "active" });
      for (let before = -1; before !== this.#given.length;) {
        before = this.#given.length;
        await this.lease(id, 3, 2, 10);
        await this.settle(Array.from({ length: 6 }, (_, pick) => [pick, "delivered", 0, false] as const));
      }
    }
    const { pending, leased } = await this.#store.stats();
    deepEqual([pending, leased], [0, 0]);
  }

  async #checkCounts(states: readonly string[]): Promise<void> {
    const { events: _, ...stats } = await this.#store.stats();
    const count = (state: string): number => states.filter((each) => each === state).length;
    deepEqual(stats, {
      pending: count("pending") + count("parked"),
      parked: count("parked"),
      leased: count("leased"),
      delivered: count("delivered"),
      skipped: count("skipped"),
      dead: count("dead"),
      discarded: count("discarded"),
    });
  }

  /** Of one key, what was leased at different times is never out together. */
  #checkLeases(): void {
    for (const id of LANES) {
      for (const group of this.#naive.groups(id)) {
        const ends = group.flatMap(({ lease }) => (lease !== undefined && lease.until > this.now ? [lease.until] : []));
        ok(new Set(ends).size <= 1);
      }
    }
  }

  async #checkDue(): Promise<void> {
    const sinks = [...new Set(LANES.map(({ sink }) => sink))];
    const { lanes, nextAt } = await this.#store.due(sinks, this.now);
    const readyAt = LANES.map((id) => [laneName(id), this.#naive.laneReadyAt(id)] as const);
    const later = Math.min(Infinity, ...readyAt.map(([, at]) => at).filter((at) => at > this.now));
    deepEqual(
      lanes.map(laneName).toSorted(),
      readyAt.flatMap(([name, at]) => (at <= this.now ? [name] : [])).toSorted(),
    );
    equal(nextAt, later === Infinity ? undefined : later);
  }

  async #checkLanes(): Promise<void> {
    const lanes = (await this.#store.lanes()).map((record) => [laneName(record), record.status, record.unfinished]);
    const expected = LANES.map(
      (id) => [laneName(id), this.#naive.status(id), this.#naive.unfinished(id).length] as const,
    );
    deepEqual(
      new Map(lanes.map((each) => [each[0], each])),
      new Map(
        expected.filter(([, to, count]) => to.state !== "active" || count > 0).map((each) => [each[0], [...each]]),
      ),
    );
  }

  #held({ id, leaseId }: { id: string; leaseId: number }): NaiveRow | undefined {
    return this.#naive.rows.find((row) => row.delivery.id === id && row.lease?.id === leaseId);
  }

  #pick(pick: number): { id: string; leaseId: number } {
    return this.#given.at(-1 - (pick % Math.min(this.#given.length, 6))) ?? { id: "", leaseId: 0 };
  }

  #deliveries(
    to: readonly (readonly [LaneId, string | undefined])[],
  ): ({ id: string; orderKey: string | undefined } & LaneId)[] {
    return to.map(([id, orderKey]) => ({ ...id, orderKey, id: this.#id("d") }));
  }

  #id(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${this.#lastId}`;
  }
}
