import type { Attempt, DeliveryRecord, LaneId, NewDelivery, StoredEvent } from "@bus/core";
import type { KeptState } from "./ledger.ts";
import { plainText, plainTextOrUndefined } from "./stored-text.ts";

/** An event beside a delivery: names that both have are told apart. */
export const EVENT_COLUMNS = `e.id AS event_id, e.type, e.source, e.time, e.subject, e.key, e.tenant, e.correlationid, e.causationid,
  e.traceparent, e.data`;

export interface EventRow {
  readonly event_id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly subject: string | null;
  readonly key: string | null;
  readonly tenant: string | null;
  readonly correlationid: string | null;
  readonly causationid: string | null;
  readonly traceparent: string | null;
  readonly data: string;
}

export interface DeliveryRow {
  readonly seq: number;
  readonly id: string;
  readonly order_key: string | null;
  readonly mapped_type: string | null;
  readonly mapped_data: string | null;
  readonly state: KeptState;
  readonly attempts: number;
}

export interface RecordRow extends EventRow, DeliveryRow {
  readonly sink: string;
  readonly destination: string;
  readonly lane_state: string;
  readonly due_at: number;
  readonly reason: string | null;
  readonly ended_at: number | null;
}

export interface AttemptRow {
  readonly started_at: number;
  readonly duration_ms: number;
  readonly outcome: Attempt["outcome"];
  readonly reason: string | null;
  readonly status: number | null;
  readonly detail: string | null;
}

/** Attributes that the event did not have are left out. */
export function eventOf(row: EventRow): StoredEvent {
  return {
    id: plainText(row.event_id),
    type: plainText(row.type),
    source: plainText(row.source),
    time: plainText(row.time),
    ...(row.subject !== null && { subject: plainText(row.subject) }),
    ...(row.key !== null && { key: plainText(row.key) }),
    ...(row.tenant !== null && { tenant: plainText(row.tenant) }),
    ...(row.correlationid !== null && { correlationid: plainText(row.correlationid) }),
    ...(row.causationid !== null && { causationid: plainText(row.causationid) }),
    ...(row.traceparent !== null && { traceparent: plainText(row.traceparent) }),
    data: plainText(row.data),
  };
}

export function newDeliveryOf(row: DeliveryRow, { sink, destination }: LaneId): NewDelivery {
  const { id, order_key: key, mapped_type: type, mapped_data: data } = row;
  return {
    id: plainText(id),
    sink,
    destination,
    ...(key !== null && { orderKey: plainText(key) }),
    ...(type !== null && data !== null && { mapped: { type: plainText(type), data: plainText(data) } }),
  };
}

export function recordOf(row: RecordRow, history: readonly Attempt[]): DeliveryRecord {
  const lane = { sink: plainText(row.sink), destination: plainText(row.destination) };
  return {
    ...newDeliveryOf(row, lane),
    event: eventOf(row),
    state: row.state === "pending" && row.lane_state === "disabled" ? "parked" : row.state,
    attempts: row.attempts,
    history,
    dueAt: row.due_at,
    reason: plainTextOrUndefined(row.reason),
    endedAt: row.ended_at ?? undefined,
  };
}

export function attemptOf({ started_at, duration_ms, outcome, reason, status, detail }: AttemptRow): Attempt {
  const info = {
    ...(status !== null && { status }),
    ...(detail !== null && { detail: plainText(detail) }),
  };
  return {
    startedAt: started_at,
    durationMs: duration_ms,
    outcome,
    ...(reason !== null && { reason: plainText(reason) }),
    ...(Object.keys(info).length > 0 && { info }),
  };
}
