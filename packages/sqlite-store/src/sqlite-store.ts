import {
  BusError,
  type AppendEntry,
  type DeliveryPage,
  type DeliveryQuery,
  type DeliveryRecord,
  type Expansion,
  type LaneCondition,
  type LaneId,
  type LaneRecord,
  type LaneStatus,
  type Lease,
  type LeaseRequest,
  type PruneBounds,
  type Settlement,
  type StateStore,
  type Store,
  type StoreStats,
} from "@bus/core";
import { OpenTables } from "./open-tables.ts";
import { checkedOptions, type CheckedOptions, type SqliteStoreOptions } from "./sqlite-store-options.ts";
import { inOneStep, turn, type Steps } from "./steps.ts";
import { isBusy, storeFault } from "./store-fault.ts";

/** How often to look whether the lock that keeps a file from being opened is gone. */
const OPEN_RETRY_MS = 20;

/**
 * A durable store in one SQLite file, for one process or several. No I/O is done before the bus starts.
 *
 * With `database`, a publish made while that connection is in a transaction is part of it: the event is there if the host commits, and
 * gone if it rolls back.
 *
 * @throws {BusError} BUS_OPTION_INVALID
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(checkedOptions(options));
}

class SqliteStore implements Store {
  readonly name = "sqlite";
  readonly keepsUnrouted = true;
  readonly pollMs = 1_000;
  readonly state: StateStore;
  readonly #options: CheckedOptions;
  #tables: OpenTables | undefined;
  #opening: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #queries = new Set<Promise<DeliveryPage>>();

  constructor(options: CheckedOptions) {
    this.#options = options;
    this.state = this.#stateStore();
  }

  async open(): Promise<void> {
    await this.#closing;
    this.#opening ??= this.#openWhenFree().finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    const tables = this.#tables;
    this.#tables = undefined;
    if (tables !== undefined) this.#closing = this.#close(tables);
    await this.#closing;
  }

  append(
    entries: readonly AppendEntry[],
    options: { maxBacklog: number; now: number },
  ): Promise<readonly ("appended" | "duplicate")[]> {
    const tables = this.#tables;
    const isInside =
      tables !== undefined && this.#options.path === undefined && tables.database.open && tables.database.inTransaction;
    if (isInside) return tables.host.append(entries, options);
    return this.#write("append", ({ append }) => append.append(entries, options));
  }

  lease(request: LeaseRequest): Promise<Lease> {
    return this.#write("lease", ({ leases }) => leases.lease(request));
  }

  settle(settlements: readonly Settlement[], now: number): Promise<readonly boolean[]> {
    return this.#write("settle", ({ settle }) => settle.settle(settlements, now));
  }

  expand(expansion: Expansion, now: number): Promise<boolean> {
    return this.#write("expand", ({ settle }) => settle.expand(expansion, now));
  }

  due(
    sinks: readonly string[],
    now: number,
  ): Promise<{ readonly lanes: readonly LaneId[]; readonly nextAt: number | undefined }> {
    return this.#read("due", ({ lanes }) => lanes.due(sinks, now));
  }

  lanes(): Promise<readonly LaneRecord[]> {
    return this.#read("lanes", ({ lanes }) => lanes.all());
  }

  setLane(id: LaneId, status: LaneStatus, condition?: LaneCondition): Promise<boolean> {
    return this.#write("setLane", ({ lanes }) => inOneStep(() => lanes.setLane(id, status, condition)));
  }

  get(id: string): Promise<DeliveryRecord | undefined> {
    return this.#read("get", ({ search }) => search.get(id));
  }

  query(query: DeliveryQuery, page: { limit: number; cursor?: string | undefined }): Promise<DeliveryPage> {
    const tables = this.#tables;
    if (tables === undefined) return Promise.reject(new BusError("BUS_STORE_CLOSED", ["query"]));
    const found = this.#query(tables, query, page).finally(() => this.#queries.delete(found));
    this.#queries.add(found);
    return found;
  }

  replay(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string; lanes: readonly LaneId[] }> {
    return this.#write("replay", ({ replay }) => replay.replay(query, page));
  }

  discard(
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined; now: number },
  ): Promise<{ count: number; cursor?: string }> {
    return this.#write("discard", ({ replay }) => replay.discard(query, page));
  }

  stats(): Promise<StoreStats> {
    return this.#read("stats", ({ ledger, lanes }) => {
      const { events, pending, leased, delivered, skipped, dead, discarded } = ledger.counters;
      return { events, pending, leased, delivered, skipped, dead, discarded, parked: lanes.parked };
    });
  }

  prune(bounds: PruneBounds): Promise<boolean> {
    return this.#write("prune", ({ prune }) => prune.prune(bounds));
  }

  async #openWhenFree(): Promise<void> {
    const { place, lockTimeoutMs } = this.#options;
    const deadline = performance.now() + lockTimeoutMs;
    while (this.#tables === undefined) {
      try {
        this.#tables = this.#openTables();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw storeFault(error, "open", place);
        await new Promise<void>((resolve) => void setTimeout(resolve, OPEN_RETRY_MS));
      }
    }
  }

  /** Looks on, a piece at a time, until the page is full. */
  async #query(
    tables: OpenTables,
    query: DeliveryQuery,
    page: { limit: number; cursor?: string | undefined },
  ): Promise<DeliveryPage> {
    const items: DeliveryRecord[] = [];
    let cursor = page.cursor;
    do {
      const rest = { limit: page.limit - items.length, cursor };
      const found = await this.#readFrom(tables, "query", ({ search }) => search.records(query, rest));
      items.push(...found.rows);
      cursor = found.cursor;
    } while (cursor !== undefined && items.length < page.limit);
    return { items, ...(cursor !== undefined && { cursor }) };
  }

  #write<Result>(operation: string, steps: (tables: OpenTables) => Steps<Result>): Promise<Result> {
    const tables = this.#tables;
    if (tables === undefined) return Promise.reject(new BusError("BUS_STORE_CLOSED", [operation]));
    return tables.commit.do({ operation, steps: () => steps(tables) });
  }

  #read<Result>(operation: string, read: (tables: OpenTables) => Result): Promise<Result> {
    const tables = this.#tables;
    if (tables === undefined) return Promise.reject(new BusError("BUS_STORE_CLOSED", [operation]));
    return this.#readFrom(tables, operation, read);
  }

  #readFrom<Result>(tables: OpenTables, operation: string, read: (tables: OpenTables) => Result): Promise<Result> {
    return tables.commit.do({ operation, isRead: true, steps: () => inOneStep(() => read(tables)) });
  }

  #openTables(): OpenTables {
    const { connect, path } = this.#options;
    const database = connect();
    try {
      return new OpenTables(database, this.#options);
    } catch (error) {
      if (path !== undefined) database.close();
      throw error;
    }
  }

  async #close(tables: OpenTables): Promise<void> {
    await Promise.allSettled(this.#queries);
    await tables.commit.idle();
    await tables.host.over();
    await turn();
    await tables.checkpointer?.stop();
    if (this.#options.path !== undefined && tables.database.open) tables.database.close();
  }

  #stateStore(): StateStore {
    return {
      get: (scope, keys) => this.#read("state.get", ({ state }) => state.get(scope, keys)),
      change: (scope, changes) => this.#write("state.change", ({ state }) => state.change(scope, changes)),
      keys: (scope, prefix) => this.#read("state.keys", ({ state }) => state.keys(scope, prefix)),
    };
  }
}
