import { BusError } from "@bus/core";
import type { Checkpointer } from "./checkpointer.ts";
import type { Ledger } from "./ledger.ts";
import { prepared, type Prepared, type SqliteDatabase } from "./sqlite-database.ts";
import { withoutWaiting } from "./without-waiting.ts";
import { turn, type Steps } from "./steps.ts";
import { isBusy, storeFault } from "./store-fault.ts";

export interface Work<Result = unknown> {
  /** For messages. */
  readonly operation: string;
  readonly isRead?: boolean;
  /**
   * Begun again from the start when its transaction is rolled back. A BusError of it means that it has written nothing: it alone is refused, and
   * the transaction goes on.
   */
  steps(): Steps<Result>;
}

interface Task {
  readonly work: Work;
  readonly askedAt: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What came of a task, to be told after the commit. */
type Told = () => void;

export interface GroupCommitOptions {
  readonly database: SqliteDatabase;
  readonly ledger: Ledger;
  /** Whether nobody else uses the connection, so that a transaction may stay open while the event loop has its turn. */
  readonly isOwn: boolean;
  /** How long to wait for the lock of another connection before an operation is refused. */
  readonly lockTimeoutMs: number;
  readonly place: string;
  readonly checkpointer: Checkpointer | undefined;
}

/** The event loop is held no longer than this in one piece, commit apart. */
const PIECE_MS = 3;
/** In these turns of the event loop, what is on its way can join a group: a commit costs as much for two as for a hundred. */
const TURNS_TO_JOIN = 4;
const LOCKED = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
/** Another process holds the lock for about as long as a piece of its work takes. */
const LOCK_RETRY_MS = 1;

/**
 * Does what was asked for within a few turns of the event loop in one transaction, and answers after its commit.
 *
 * Appends and everything else take turns, each kind in order: a flood of publishes does not hold up deliveries, nor a backlog publishes.
 * A group ends when it has taken {@link PIECE_MS}; the rest forms the next. When something fails within it, the group is rolled back and each
 * of it is done again in a transaction of its own, so that only what fails is refused. (A savepoint for each would copy every page it
 * touches.) While another connection has the lock, the group waits without holding the event loop.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #begin: Prepared;
  readonly #commit: Prepared;
  readonly #rollback: Prepared;
  #waiting: Task[] = [];
  /** So many from the front are done one by one. */
  #alone = 0;
  /** Since when the lock is known to be held by another. */
  #lockedAt: number | undefined;
  #isRunning = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    const { database } = options;
    this.#begin = prepared(database, "BEGIN IMMEDIATE");
    this.#commit = prepared(database, "COMMIT");
    this.#rollback = prepared(database, "ROLLBACK");
  }

  do<Result>(work: Work<Result>): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ work, askedAt: performance.now(), resolve: resolve as Task["resolve"], reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** When nothing is waiting or under way. */
  async idle(): Promise<void> {
    if (this.#isRunning) await new Promise<void>((resolve) => void this.#onIdle.push(resolve));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await turn();
      for (let turns = 1; turns < TURNS_TO_JOIN && this.#waiting.length > 1; turns++) await turn();
      // A transaction that the host began is not ours to write in.
      if (isInHostTransaction(this.#options) || !(await this.#runGroup())) await this.#waitForLock();
      else if (this.#options.checkpointer?.isDue === true) await this.#writeBack(this.#options.checkpointer);
    }
    this.#isRunning = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** False when another connection has the lock. */
  async #runGroup(): Promise<boolean> {
    const most = this.#alone > 0 ? 1 : Infinity;
    if (this.#alone === 0) this.#waiting = takingTurns(this.#waiting);
    const told: Told[] = [];
    try {
      await this.#transact(told, most);
    } catch (error) {
      this.#undo();
      if (isBusy(error)) return false;
      // What was alone, or failed to begin, has failed by itself.
      if (told.length > 1) this.#alone = told.length;
      else this.#refuse(this.#takeFirst(1), error);
      return true;
    }
    this.#lockedAt = undefined;
    this.#takeFirst(told.length);
    for (const tell of told) tell();
    return true;
  }

  /** Does what waits until the piece is over. Nothing leaves the line before it is committed. */
  async #transact(told: Told[], most: number): Promise<void> {
    const { ledger, isOwn } = this.#options;
    const isWriting = this.#waiting.slice(0, most).some(({ work }) => work.isRead !== true);
    const startedAt = performance.now();
    let pieceAt = startedAt;
    // Not even for a microtask on the connection of a host: its own statements would come to be in this transaction.
    const mustRest = (): boolean => isOwn && performance.now() > pieceAt + PIECE_MS;
    const rest = async (): Promise<void> => {
      await turn();
      pieceAt = performance.now();
    };

    if (isWriting) this.#atOnce(this.#begin);
    ledger.begin();
    for (const { work, resolve, reject } of this.#waiting) {
      if (told.length >= most || (told.length > 0 && performance.now() > startedAt + PIECE_MS)) break;
      const index = told.push(() => undefined) - 1;
      try {
        const steps = work.steps();
        let step = steps.next();
        for (; step.done !== true; step = steps.next()) if (mustRest()) await rest();
        const { value } = step;
        told[index] = () => resolve(value);
      } catch (error) {
        if (!BusError.is(error)) throw error;
        told[index] = () => reject(error);
      }
    }
    const finish = ledger.finish();
    while (finish.next().done !== true) if (mustRest()) await rest();
    if (isWriting) this.#atOnce(this.#commit);
  }

  /** Where SQLite may wait for a lock, the connection of a host is told not to: the wait is ours. */
  #atOnce(statement: Prepared): void {
    const { database, isOwn } = this.#options;
    if (isOwn) statement.run();
    else withoutWaiting(database, () => statement.run());
  }

  /** Under the lock, so that other processes add nothing to the log meanwhile; if one of them has it, after the next commit. */
  async #writeBack(checkpointer: Checkpointer): Promise<void> {
    try {
      this.#begin.run();
    } catch {
      return;
    }
    await checkpointer.run();
    this.#undo();
  }

  #undo(): void {
    const { database, ledger } = this.#options;
    if (database.open && database.inTransaction) this.#rollback.run();
    ledger.forgetLanes();
  }

  async #waitForLock(): Promise<void> {
    const now = performance.now();
    const lockedAt = (this.#lockedAt ??= now);
    const isLate = ({ askedAt }: Task): boolean => Math.max(askedAt, lockedAt) + this.#options.lockTimeoutMs <= now;
    const late = this.#waiting.filter(isLate);
    this.#alone -= this.#waiting.slice(0, this.#alone).filter(isLate).length;
    this.#waiting = this.#waiting.filter((task) => !isLate(task));
    this.#refuse(late, LOCKED);
    await new Promise<void>((resolve) => void setTimeout(resolve, LOCK_RETRY_MS));
  }

  #takeFirst(count: number): readonly Task[] {
    this.#alone = Math.max(this.#alone - count, 0);
    return this.#waiting.splice(0, count);
  }

  #refuse(tasks: readonly Task[], cause: unknown): void {
    for (const { work, reject } of tasks) reject(storeFault(cause, work.operation, this.#options.place));
  }
}

/** One of the appends, one of the others, and so on. */
function takingTurns(tasks: Task[]): Task[] {
  const appends = tasks.filter(({ work }) => work.operation === "append");
  const others = tasks.filter(({ work }) => work.operation !== "append");
  if (appends.length === 0 || others.length === 0) return tasks;
  const turns: Task[] = [];
  for (let index = 0; turns.length < tasks.length; index += 1)
    turns.push(...others.slice(index, index + 1), ...appends.slice(index, index + 1));
  return turns;
}

function isInHostTransaction({ database, isOwn }: GroupCommitOptions): boolean {
  return !isOwn && database.open && database.inTransaction;
}
