import type { LaneId, LaneStatus, NewDelivery } from "@bus/core";

export interface NaiveRow {
  readonly delivery: NewDelivery;
  readonly eventId: string;
  state: "pending" | "leased" | "delivered" | "skipped" | "dead" | "discarded";
  dueAt: number;
  attempts: number;
  lease?: { id: number; until: number } | undefined;
  endedAt?: number | undefined;
}

/** The rules of the store, written as plainly as they can be, by looking at everything each time. `rows` is in order of arrival. */
export class NaiveStore {
  rows: NaiveRow[] = [];
  readonly statuses: Map<string, LaneStatus> = new Map();

  status(lane: LaneId): LaneStatus {
    return this.statuses.get(laneName(lane)) ?? { state: "active" };
  }

  add(eventId: string, delivery: NewDelivery, now: number): void {
    this.rows.push({ delivery, eventId, state: "pending", dueAt: now, attempts: 0 });
  }

  /** What a lease at `now` must give, in order. */
  leasable(lane: LaneId, { limit, perKey, now }: { limit: number; perKey: number; now: number }): NaiveRow[] {
    const status = this.status(lane);
    const isOut = this.unfinished(lane).some(({ lease }) => lease !== undefined && lease.until > now);
    if (status.state === "disabled") return [];
    if (status.state === "paused" && (status.until === undefined || status.until > now || isOut)) return [];
    const runs = this.groups(lane)
      .filter((group) => readyAt(group) <= now)
      .toSorted((a, b) => readyAt(a) - readyAt(b))
      .flatMap((group) => {
        const end = group.findIndex((row) => freeAt(row) > now);
        return group.slice(0, Math.min(perKey, end < 0 ? Infinity : end));
      });
    return runs.slice(0, status.state === "paused" ? 1 : limit);
  }

  /** When the lane can give something; Infinity: not by itself. */
  laneReadyAt(lane: LaneId): number {
    const status = this.status(lane);
    const headAt = Math.min(Infinity, ...this.groups(lane).map(readyAt));
    if (status.state === "active") return headAt;
    if (status.state === "disabled" || status.until === undefined) return Infinity;
    return Math.max(headAt, status.until, ...this.unfinished(lane).map(({ lease }) => lease?.until ?? 0));
  }

  unfinished(lane: LaneId): NaiveRow[] {
    return this.rows.filter((row) => row.endedAt === undefined && laneName(row.delivery) === laneName(lane));
  }

  end(row: NaiveRow, state: NaiveRow["state"], now: number): void {
    Object.assign(row, { state, lease: undefined, endedAt: now });
  }

  revive(row: NaiveRow, now: number): void {
    Object.assign(row, { state: "pending", attempts: 0, dueAt: now, endedAt: undefined });
    this.rows = [...this.rows.filter((other) => other !== row), row];
  }

  /** In order of their oldest. */
  groups(lane: LaneId): NaiveRow[][] {
    const { undefined: keyless = [], ...byKey } = Object.groupBy(
      this.unfinished(lane),
      (row) => row.delivery.orderKey ?? "undefined",
    );
    const groups = [...keyless.map((row) => [row]), ...Object.values(byKey).map((group) => group ?? [])];
    const place = (group: NaiveRow[]): number => this.rows.findIndex((row) => row === group[0]);
    return groups.toSorted((a, b) => place(a) - place(b));
  }
}

export function laneName({ sink, destination }: LaneId): string {
  return `${sink}/${destination}`;
}

function freeAt({ dueAt, lease }: NaiveRow): number {
  return lease?.until ?? dueAt;
}

function readyAt(group: readonly NaiveRow[]): number {
  return Math.max(...group.slice(0, 1).map(freeAt), ...group.map(({ lease }) => lease?.until ?? 0));
}
