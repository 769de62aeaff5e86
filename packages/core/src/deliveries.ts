import { BusError } from "./errors.ts";
import type { BusEvent } from "./event.ts";
import type { Replays } from "./replays.ts";
import type {
  Attempt,
  DeliveryQuery,
  DeliveryRecord,
  DeliveryState,
  LaneId,
  Store,
  StoreStats,
} from "./store/store.ts";

/** What hosts see of the deliveries in the store, and do with them. */
export interface Deliveries {
  /** In order of arrival, a page at a time. */
  list(
    query?: DeliveriesQuery & { readonly limit?: number; readonly cursor?: string },
  ): Promise<{ readonly items: readonly DeliveryView[]; readonly cursor?: string }>;
  get(id: string): Promise<DeliveryView | undefined>;
  /**
   * Makes ended deliveries due again, with all their attempts. A query names a sink; one without a state takes in all that have ended.
   *
   * A replay by query is kept in the store while it lasts and does each delivery once: what the process leaves undone, the next bus that starts
   * on the store goes on with. `count` is what this bus has done of it.
   *
   * @throws {BusError} BUS_NOT_RUNNING when the bus stops before the end. The rest is kept too, so there is no need to ask again.
   */
  replay(idOrQuery: string | DeliveriesQuery): Promise<{ readonly count: number }>;
  /** Ends pending and parked deliveries, and dead letters, for good. A query names a sink. */
  discard(idOrQuery: string | DeliveriesQuery): Promise<{ readonly count: number }>;
  stats(): Promise<StoreStats>;
}

/** Every given field must hold. */
export interface DeliveriesQuery {
  readonly sink?: string;
  readonly destination?: string;
  readonly state?: DeliveryState;
  readonly type?: string;
  readonly tenant?: string;
  /** Events published at or after this time. A number is ms since the epoch. */
  readonly since?: number | Date;
}

/** A delivery as the delivery log shows it. */
export interface DeliveryView extends LaneId {
  readonly id: string;
  readonly state: DeliveryState;
  /** As published. */
  readonly event: BusEvent;
  /** What the route's map made of it, and the sink gets. */
  readonly mapped?: { readonly type: string; readonly data: unknown };
  readonly attempts: number;
  /** The last 20 attempts. */
  readonly history: readonly Attempt[];
  /** When a pending one is tried next, ms since the epoch. */
  readonly dueAt: number;
  /** Why it is in this state, where a sink or the engine said. */
  readonly reason?: string;
  readonly endedAt?: number;
}

const PAGE = 100;
const LARGEST_PAGE = 1_000;
const AT_ONCE = 500;
const STATES: readonly unknown[] = ["pending", "leased", "delivered", "skipped", "dead", "discarded", "parked"];
const FIELDS = new Set(["sink", "destination", "state", "type", "tenant", "since"]);

/** Reads and steers deliveries through the store. */
export class StoredDeliveries implements Deliveries {
  readonly #open: (operation: string) => Store;
  readonly #replays: Replays;
  readonly #now: () => number;
  readonly #changed: () => void;

  /** `open` gives the store, or throws when the bus is not running. */
  constructor(options: {
    open: (operation: string) => Store;
    replays: Replays;
    now: () => number;
    changed: () => void;
  }) {
    this.#open = options.open;
    this.#replays = options.replays;
    this.#now = options.now;
    this.#changed = options.changed;
  }

  async list(
    query: DeliveriesQuery & { readonly limit?: number; readonly cursor?: string } = {},
  ): Promise<{ readonly items: readonly DeliveryView[]; readonly cursor?: string }> {
    const store = this.#open("bus.deliveries.list()");
    const { limit = PAGE, cursor, ...rest } = assertQuery(query);
    if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE)
      throw new BusError("BUS_QUERY_INVALID", [`limit must be a whole number from 1 to ${LARGEST_PAGE}`]);
    const page = await store.query(queryOf(rest), { limit, cursor });
    return { items: page.items.map(viewOf), ...(page.cursor !== undefined && { cursor: page.cursor }) };
  }

  async get(id: string): Promise<DeliveryView | undefined> {
    const store = this.#open("bus.deliveries.get()");
    if (typeof id !== "string") throw new BusError("BUS_QUERY_INVALID", ["the id of a delivery is a string"]);
    const record = await store.get(id);
    return record && viewOf(record);
  }

  async replay(idOrQuery: string | DeliveriesQuery): Promise<{ readonly count: number }> {
    const store = this.#open("bus.deliveries.replay()");
    if (typeof idOrQuery !== "string") return this.#replays.replay(ofOneSink(idOrQuery));
    return this.#inPages(idOrQuery, (query, page) => store.replay(query, page));
  }

  async discard(idOrQuery: string | DeliveriesQuery): Promise<{ readonly count: number }> {
    const store = this.#open("bus.deliveries.discard()");
    return this.#inPages(idOrQuery, (query, page) => store.discard(query, page));
  }

  async stats(): Promise<StoreStats> {
    return this.#open("bus.deliveries.stats()").stats();
  }

  async #inPages(
    idOrQuery: string | DeliveriesQuery,
    step: (
      query: DeliveryQuery,
      page: { limit: number; cursor?: string | undefined; now: number },
    ) => Promise<{ count: number; cursor?: string }>,
  ): Promise<{ readonly count: number }> {
    if (typeof idOrQuery === "string" && !(await this.get(idOrQuery)))
      throw new BusError("BUS_DELIVERY_UNKNOWN", [idOrQuery]);
    const query = typeof idOrQuery === "string" ? { id: idOrQuery } : ofOneSink(idOrQuery);
    const now = this.#now();
    const count = await inPages((page) => step(query, { ...page, now }));
    this.#changed();
    return { count };
  }
}

/** In steps, so that a large query holds up nothing else. Resolves with the count of all. */
export async function inPages(
  step: (page: { limit: number; cursor: string | undefined }) => Promise<{ count: number; cursor?: string }>,
): Promise<number> {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await step({ limit: AT_ONCE, cursor });
    count += page.count;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return count;
}

function ofOneSink(given: DeliveriesQuery): DeliveryQuery {
  const query = queryOf(given);
  if (query.sink === undefined) throw new BusError("BUS_QUERY_INVALID", ["it must name a sink"]);
  return query;
}

function queryOf(query: DeliveriesQuery): DeliveryQuery {
  const unknown = Object.keys(assertQuery(query)).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw new BusError("BUS_QUERY_INVALID", [`"${unknown}" is no field of it`]);
  const { since, ...rest } = query;
  for (const [field, value] of Object.entries(rest))
    if (value !== undefined && typeof value !== "string")
      throw new BusError("BUS_QUERY_INVALID", [`${field} must be a string`]);
  if (rest.state !== undefined && !STATES.includes(rest.state))
    throw new BusError("BUS_QUERY_INVALID", [`"${String(rest.state)}" is no state of a delivery`]);
  if (since === undefined) return rest;
  const ms = since instanceof Date ? since.getTime() : since;
  if (!Number.isFinite(ms)) throw new BusError("BUS_QUERY_INVALID", ["since must be a Date or ms since the epoch"]);
  return { ...rest, since: ms };
}

function assertQuery<Query>(query: Query): Query {
  if (typeof query !== "object" || query === null || Array.isArray(query))
    throw new BusError("BUS_QUERY_INVALID", ["it must be an object, such as { sink }"]);
  return query;
}

export function viewOf({ orderKey: _, event, mapped, reason, endedAt, ...record }: DeliveryRecord): DeliveryView {
  return {
    ...record,
    event: { ...event, data: JSON.parse(event.data) },
    ...(mapped && { mapped: { type: mapped.type, data: JSON.parse(mapped.data) } }),
    ...(reason !== undefined && { reason }),
    ...(endedAt !== undefined && { endedAt }),
  };
}
