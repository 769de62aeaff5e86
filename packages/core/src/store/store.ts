import type { AttemptInfo, Outcome } from "../outcome.ts";
import type { EventAttributes } from "../event.ts";

/**
 * Where events and deliveries live. One engine, or several processes, call it concurrently; every method is atomic.
 *
 * All times are ms since the epoch and come in from the caller, so that a store needs no clock. Any failure rejects; nothing is
 * silently dropped. `@bus/testkit` holds the suite that every store passes.
 */
export interface Store {
  /** Shown by `bus.inspect()`. */
  readonly name: string;
  /** Whether events that no route matches are kept too. A store that keeps them is asked to append each one. */
  readonly keepsUnrouted: boolean;
  /** How often the engine looks for the work of other processes on this store; Infinity when there can be none. */
  readonly pollMs: number;

  /** Called once before anything else. */
  open(): Promise<void>;
  /** Idempotent. Waits for what is under way; later calls reject with BUS_STORE_CLOSED. */
  close(): Promise<void>;

  /**
   * Records events with the deliveries they are owed, all or none. An event id already there is left as it was and answered "duplicate".
   * Rejects with BUS_BACKLOG_FULL, recording nothing, when more than `maxBacklog` deliveries would be unfinished.
   */
  append(
    entries: readonly AppendEntry[],
    options: { maxBacklog: number; now: number },
  ): Promise<readonly ("appended" | "duplicate")[]>;

  /**
   * Hands out due deliveries of one lane, each counted as an attempt: keys by the `dueAt` of their oldest delivery, then by arrival.
   *
   * Order: of the deliveries of a lane with one `orderKey`, only the oldest unfinished ones may be out, in an unbroken run of at most
   * `perKey` (all of them due), and none while another of that key is out. An expired lease counts as due. A disabled lane, or one
   * paused past `now`, gives nothing; one whose pause is over gives a single probe while nothing else of it is out.
   */
  lease(request: LeaseRequest): Promise<Lease>;

  /**
   * Ends leases. False for each whose lease is no longer the delivery's (fencing): that one is left as it is. An expired lease is still the
   * delivery's until it is leased again or discarded; until then the delivery also shows as leased.
   */
  settle(settlements: readonly Settlement[], now: number): Promise<readonly boolean[]>;

  /**
   * Replaces a leased delivery by one per destination, in one step, in the order given; false when its lease was lost.
   * Without destinations it is settled as skipped.
   */
  expand(expansion: Expansion, now: number): Promise<boolean>;

  /**
   * The lanes of these sinks that can give a delivery at `now`, and the earliest later time at which another lane could. `nextAt` takes
   * in retries, pauses and leases that end; not those of the lanes given: ask again when these are done.
   */
  due(
    sinks: readonly string[],
    now: number,
  ): Promise<{ readonly lanes: readonly LaneId[]; readonly nextAt: number | undefined }>;

  /** Every lane that holds unfinished deliveries or a state other than active. */
  lanes(): Promise<readonly LaneRecord[]>;
  /** False when `condition` kept the lane as it was; without one it is always set. */
  setLane(lane: LaneId, status: LaneStatus, condition?: LaneCondition): Promise<boolean>;

  get(id: string): Promise<DeliveryRecord | undefined>;
  /**
   * In order of arrival; `cursor` is the one the last page gave. Pages, here and below, cover what had arrived when the first was asked for,
   * so that following them ends. A cursor that no store gave rejects with BUS_QUERY_INVALID.
   */
  query(query: DeliveryQuery, page: { limit: number; cursor?: string | undefined }): Promise<DeliveryPage>;
  /**
   * Makes up to `limit` finished deliveries due at `now`, as new arrivals with no attempts used; the ids stay. As new arrivals they are behind
   * the end of the pages, so that a page asked for again, with the same cursor, does not find them again. A limit of 0 changes nothing and, if
   * anything has arrived, gives the cursor of the first page: so its end is known before it is done.
   */
  replay(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string; lanes: readonly LaneId[] }>;
  /** Ends up to `limit` pending or dead deliveries that are not out on a lease as "discarded". */
  discard(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string }>;
  stats(): Promise<StoreStats>;

  /** Durable key-value pairs of one plugin instance; values are JSON text. */
  readonly state: StateStore;

  /** Forgets up to `limit` of what has ended; true when more are left. */
  prune(bounds: PruneBounds): Promise<boolean>;
}

export interface StateStore {
  /** The values of these keys, in their order, all as of one moment; undefined where there is none. */
  get(scope: string, keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /**
   * Makes all of the changes in one step, or none: false when a key does not hold what its change expects. They are made in their order: a
   * change finds what those before it have made of its key.
   */
  change(scope: string, changes: readonly StateChange[]): Promise<boolean>;
  /** Keys of `scope` that begin with `prefix`, sorted. */
  keys(scope: string, prefix: string): Promise<readonly string[]>;
}

export interface StateChange {
  readonly key: string;
  /** Undefined: the key goes. */
  readonly value: string | undefined;
  /** What the key must hold, where this property is there; undefined: nothing. */
  readonly expected?: string | undefined;
}

/** The queue of one (sink, destination). */
export interface LaneId {
  readonly sink: string;
  readonly destination: string;
}

/** The destination under which a delivery waits until the sink has named its destinations. */
export const FAN_OUT = "*";

/** An event as it is kept: `data` is JSON text, made once, at publish. */
export interface StoredEvent extends EventAttributes {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: string;
  readonly data: string;
}

export interface AppendEntry {
  readonly event: StoredEvent;
  readonly deliveries: readonly NewDelivery[];
}

export interface NewDelivery extends LaneId {
  readonly id: string;
  /** Deliveries of the lane with the same one are kept in order; undefined: no order. */
  readonly orderKey?: string | undefined;
  /** What a route's map made of the event, where it has one. */
  readonly mapped?: { readonly type: string; readonly data: string } | undefined;
}

export interface LeaseRequest {
  readonly lane: LaneId;
  readonly limit: number;
  readonly perKey: number;
  readonly now: number;
  readonly until: number;
}

export interface Lease {
  readonly deliveries: readonly LeasedDelivery[];
  /** The one delivery that tries whether a paused lane works again. */
  readonly isProbe: boolean;
}

export interface LeasedDelivery extends NewDelivery {
  /** Fencing token; it differs for every lease of a delivery. */
  readonly leaseId: number;
  readonly event: StoredEvent;
  /** 1 on the first try. */
  readonly attempt: number;
}

export interface Settlement {
  readonly id: string;
  readonly leaseId: number;
  /** `pending` is due again at `dueAt`. */
  readonly state: "delivered" | "skipped" | "dead" | "pending";
  /** For `pending`. */
  readonly dueAt?: number;
  /** The attempt is not counted. */
  readonly isFree?: boolean;
  readonly reason?: string;
  /** Appended to the delivery's history; the store keeps the last 20. */
  readonly attempt?: Attempt;
}

/** One try, as the delivery log shows it. */
export interface Attempt {
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: Outcome["kind"];
  readonly reason?: string;
  readonly info?: AttemptInfo;
}

export interface Expansion {
  readonly id: string;
  readonly leaseId: number;
  readonly deliveries: readonly NewDelivery[];
}

/** `paused` with `until: undefined` was paused by the host, and lasts until it resumes the lane. */
export type LaneStatus =
  | { readonly state: "active" }
  | { readonly state: "paused"; readonly reason: string; readonly until?: number | undefined }
  | { readonly state: "disabled"; readonly reason: string };

/** When a lane is to stay as it is, so that no outcome undoes what a host did in another process: `held` is disabled, or paused by the host. */
export interface LaneCondition {
  readonly unless: "disabled" | "held";
}

export interface LaneRecord extends LaneId {
  readonly status: LaneStatus;
  /** Pending and leased. */
  readonly unfinished: number;
}

/** `parked`: pending in a disabled lane. */
export type DeliveryState = "pending" | "leased" | "delivered" | "skipped" | "dead" | "discarded" | "parked";

export interface DeliveryRecord extends NewDelivery {
  readonly event: StoredEvent;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly history: readonly Attempt[];
  readonly dueAt: number;
  /** Why it is in this state, where a sink or the engine said. */
  readonly reason?: string | undefined;
  /** When it ended. */
  readonly endedAt?: number | undefined;
}

/** Which deliveries; every given field must hold. */
export interface DeliveryQuery {
  readonly id?: string | undefined;
  readonly sink?: string | undefined;
  readonly destination?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly type?: string | undefined;
  readonly tenant?: string | undefined;
  /** Events published at or after this time, ms since the epoch. */
  readonly since?: number | undefined;
}

export interface DeliveryPage {
  readonly items: readonly DeliveryRecord[];
  /** Present when there may be more. */
  readonly cursor?: string;
}

/** What retention forgets, and how much of it at a time. Nothing that is unfinished. */
export interface PruneBounds {
  /** What ended before this time, dead letters apart. */
  readonly before: number;
  /** What of all that has ended, oldest first, is beyond so many bytes; dead letters apart, which are not counted either. */
  readonly maxBytes: number;
  /** Dead letters that died before this time. */
  readonly deadBefore: number;
  readonly limit: number;
}

/**
 * Counts of deliveries by state, and of event ids known. `pending` takes in the parked ones, which `parked` counts again; so does a query
 * for `pending`.
 */
export interface StoreStats extends Readonly<Record<DeliveryState, number>> {
  readonly events: number;
}
