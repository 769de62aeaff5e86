import type { Clock } from "../clock.ts";
import { BusError } from "../errors.ts";
import type { Settlement, Store } from "../store/store.ts";

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

/**
 * Settles in groups: what arrives while one group is being written forms the next, so a busy store sees few, large writes.
 *
 * A store that fails is asked again until it takes the group or the bus gives up at stop; until then the deliveries stay leased, and they are
 * sent again if the lease ends first.
 */
export class Settler {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #report: (error: BusError) => void;
  #waiting: { settlements: readonly Settlement[]; resolve: (areSettled: readonly boolean[]) => void }[] = [];
  #isWriting = false;
  #hasGivenUp = false;
  #wakeRetry = (): void => {};

  constructor({ store, clock, report }: { store: Store; clock: Clock; report: (error: BusError) => void }) {
    this.#store = store;
    this.#clock = clock;
    this.#report = report;
  }

  /** For each, false when the lease was lost, or the store did not take it before the bus stopped. */
  settle(settlements: readonly Settlement[]): Promise<readonly boolean[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ settlements, resolve });
      if (!this.#isWriting) void this.#write();
    });
  }

  /** From now on a failing write is not repeated. */
  giveUp(): void {
    this.#hasGivenUp = true;
    this.#wakeRetry();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const answers = await this.#writeGroup(group.flatMap(({ settlements }) => settlements));
      let told = 0;
      for (const { settlements, resolve } of group) resolve(settlements.map(() => answers?.[told++] ?? false));
    }
    this.#isWriting = false;
  }

  async #writeGroup(settlements: readonly Settlement[]): Promise<readonly boolean[] | undefined> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LAST_RETRY_MS)) {
      try {
        return await this.#store.settle(settlements, this.#clock.steady());
      } catch (cause) {
        this.#report(new BusError("BUS_STORE_FAILED", ["settle"], { cause }));
        if (this.#hasGivenUp) return undefined;
        await this.#wait(delayMs);
      }
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(resolve, delayMs);
      this.#wakeRetry = () => {
        cancel();
        resolve();
      };
    });
  }
}
