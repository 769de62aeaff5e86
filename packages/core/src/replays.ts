import type { Clock } from "./clock.ts";
import { BusError } from "./errors.ts";
import { eventIds } from "./event-id.ts";
import type { DeliveryQuery, Store } from "./store/store.ts";

/** No plugin's: those have `sink:<name>` and `source:<name>`. */
const SCOPE = "bus:replays";
const AT_ONCE = 500;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** A replay as the store keeps it until it is done. */
interface ReplayJob {
  readonly query: DeliveryQuery;
  /** Where to go on. */
  readonly cursor: string;
  /** Replayed so far. */
  readonly count: number;
}

export interface ReplaysOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  /** Deliveries became due. */
  readonly changed: () => void;
  readonly report: (error: BusError) => void;
}

/**
 * Replays by query: jobs that the store keeps, done a page at a time, so that what ends the process does not end a replay.
 *
 * The pages of a job cover what had arrived when it was asked for. That end is fixed before the first page is done, and what a page replays
 * arrives anew, behind it, where no page of the job can find it again. So a page may be repeated, because its cursor was not yet kept when the
 * process ended or because another process took up the same job, and nothing is replayed twice.
 */
export class Replays {
  readonly #options: ReplaysOptions;
  readonly #newId: (now: number) => string;
  /** Jobs that a caller here waits for. */
  readonly #asked = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #waits = new Set<() => void>();
  #isStopping = false;

  constructor(options: ReplaysOptions) {
    this.#options = options;
    this.#newId = eventIds(options.random);
  }

  /** Goes on with what was left, in the background. */
  takeUp(): void {
    void this.#inBackground(this.#takeUp());
  }

  /** @throws {BusError} BUS_STORE_FAILED when the job could not be kept; BUS_NOT_RUNNING when the bus stops before it is done. */
  replay(query: DeliveryQuery): Promise<{ readonly count: number }> {
    return this.#tracked(this.#replay(query));
  }

  /** Waits for the pages under way; the rest stays in the store. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const endWait of this.#waits) endWait();
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  async #replay(query: DeliveryQuery): Promise<{ readonly count: number }> {
    const { store, clock } = this.#options;
    const id = this.#newId(clock.now());
    this.#asked.add(id);
    try {
      const { cursor } = await store.replay(query, { limit: 0, now: clock.steady() });
      if (cursor === undefined) return { count: 0 };
      const job = { query, cursor, count: 0 };
      await this.#keep(id, job);
      return { count: await this.#finish(id, job) };
    } catch (cause) {
      throw BusError.is(cause) ? cause : new BusError("BUS_STORE_FAILED", ["replay"], { cause });
    } finally {
      this.#asked.delete(id);
    }
  }

  async #takeUp(): Promise<void> {
    const ids = await this.#retried(() => this.#options.store.state.keys(SCOPE, ""));
    await Promise.all(ids.map((id) => this.#inBackground(this.#goOn(id))));
  }

  async #goOn(id: string): Promise<void> {
    if (this.#asked.has(id)) return;
    const [kept] = await this.#retried(() => this.#options.store.state.get(SCOPE, [id]));
    if (kept === undefined) return;
    const job: ReplayJob = JSON.parse(kept);
    await this.#finish(id, job);
  }

  /** What no later try could mend, such as a job that cannot be read, is told of once. */
  async #inBackground(work: Promise<void>): Promise<void> {
    try {
      await this.#tracked(work);
    } catch (cause) {
      if (BusError.is(cause, "BUS_NOT_RUNNING")) return;
      this.#options.report(new BusError("BUS_STORE_FAILED", ["replay"], { cause }));
    }
  }

  /** A page at a time. Gives the count of all. */
  async #finish(id: string, { query, ...begun }: ReplayJob): Promise<number> {
    const { store, clock, changed } = this.#options;
    let { cursor, count } = begun;
    while (!this.#isStopping) {
      const now = clock.steady();
      const page = await this.#retried(() => store.replay(query, { limit: AT_ONCE, cursor, now }));
      changed();
      count += page.count;
      if (page.cursor === undefined) {
        await this.#retried(() => store.state.change(SCOPE, [{ key: id, value: undefined }]));
        return count;
      }
      cursor = page.cursor;
      await this.#retried(() => this.#keep(id, { query, cursor, count }));
    }
    throw keptForLater();
  }

  async #keep(id: string, job: ReplayJob): Promise<void> {
    await this.#options.store.state.change(SCOPE, [{ key: id, value: JSON.stringify(job) }]);
  }

  /** Tries until the store does it, ever more rarely. @throws {BusError} BUS_NOT_RUNNING when the bus stops first. */
  async #retried<T>(step: () => Promise<T>): Promise<T> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LAST_RETRY_MS)) {
      try {
        return await step();
      } catch (cause) {
        // A cursor that the store does not know will not be known later.
        if (BusError.is(cause, "BUS_QUERY_INVALID")) throw cause;
        this.#options.report(new BusError("BUS_STORE_FAILED", ["replay"], { cause }));
      }
      await this.#wait(delayMs);
      if (this.#isStopping) throw keptForLater();
    }
  }

  #wait(delayMs: number): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#waits.delete(end);
        resolve();
      };
      const cancel = this.#options.clock.schedule(end, delayMs);
      this.#waits.add(end);
    });
  }

  async #tracked<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }
}

function keptForLater(): BusError {
  return new BusError("BUS_NOT_RUNNING", ["The rest of the replay, which is kept for the next start,", "stopping"]);
}
