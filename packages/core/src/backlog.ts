import PQueue from "p-queue";
import type { Clock } from "./clock.ts";
import { BusError } from "./errors.ts";
import type { AppendEntry, Store } from "./store/store.ts";

/** Another process may have made room, of which nobody tells this one. */
const LOOK_AGAIN_MS = 1_000;

/** The way into the store: bounded, and for hosts that would rather wait than be refused, a line in order of arrival. */
export class Backlog {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #onFull: "reject" | "wait";
  readonly #line: PQueue = new PQueue({ concurrency: 1 });
  #isWaitingOver = false;
  #isClosed = false;
  #onRoom = (): void => {};

  constructor(options: { store: Store; clock: Clock; max: number; onFull: "reject" | "wait" }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#max = options.max;
    this.#onFull = options.onFull;
  }

  /** @throws {BusError} BUS_BACKLOG_FULL, BUS_STORE_FAILED; BUS_NOT_RUNNING when the bus stops meanwhile. */
  async append(entries: readonly AppendEntry[]): Promise<readonly ("appended" | "duplicate")[]> {
    this.assertOpen();
    if (entries.length === 0) return [];
    const owed = entries.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
    const canWait = this.#onFull === "wait" && owed <= this.#max;
    if (!canWait || this.#line.pending === 0) {
      try {
        return await this.#append(entries);
      } catch (error) {
        if (!canWait || !BusError.is(error, "BUS_BACKLOG_FULL")) throw error;
      }
    }
    return this.#line.add(() => this.#appendWhenRoom(entries));
  }

  /** A delivery ended. */
  freed(): void {
    this.#onRoom();
  }

  /** Whoever waits is refused: sources that are to stop may wait for their publishes. */
  endWaiting(): void {
    this.#isWaitingOver = true;
    this.#onRoom();
  }

  /** Nothing more gets in. */
  close(): void {
    this.#isClosed = true;
  }

  /** A publish may have been checking its data while the bus stopped. @throws {BusError} BUS_NOT_RUNNING */
  assertOpen(): void {
    if (this.#isClosed) throw new BusError("BUS_NOT_RUNNING", ["A publish that was under way", "stopped"]);
  }

  async #appendWhenRoom(entries: readonly AppendEntry[]): Promise<readonly ("appended" | "duplicate")[]> {
    for (;;) {
      if (this.#isWaitingOver) throw new BusError("BUS_NOT_RUNNING", ["A publish that waited for room", "stopping"]);
      try {
        return await this.#append(entries);
      } catch (error) {
        if (!BusError.is(error, "BUS_BACKLOG_FULL")) throw error;
        await this.#room();
      }
    }
  }

  async #append(entries: readonly AppendEntry[]): Promise<readonly ("appended" | "duplicate")[]> {
    try {
      return await this.#store.append(entries, { maxBacklog: this.#max, now: this.#clock.steady() });
    } catch (cause) {
      throw BusError.is(cause) ? cause : new BusError("BUS_STORE_FAILED", ["append"], { cause });
    }
  }

  #room(): Promise<void> {
    if (this.#isWaitingOver) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(resolve, LOOK_AGAIN_MS);
      this.#onRoom = () => {
        cancel();
        resolve();
      };
    });
  }
}
