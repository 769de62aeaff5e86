import type { Clock } from "@bus/core";

/** Callbacks that wait for a clock and can be forgotten, all at once. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does not keep the process alive. Returns the cancel function. */
  schedule(callback: () => void, delayMs: number): () => void {
    const forget = () => {
      this.#cancels.delete(forget);
      cancel();
    };
    const cancel = this.#clock.schedule(
      () => {
        this.#cancels.delete(forget);
        callback();
      },
      delayMs,
      false,
    );
    this.#cancels.add(forget);
    return forget;
  }

  clear(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
