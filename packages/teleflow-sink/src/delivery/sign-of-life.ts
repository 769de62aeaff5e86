import type { Clock, PluginState } from "@bus/core";

const KEY = "alive";

/** Until when processes lived: each leaves a sign now and then in the bus's store. */
export class SignOfLife {
  readonly #state: PluginState;
  readonly #clock: Clock;
  #before: number | undefined;

  constructor(state: PluginState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Wall time of the last sign before this process began. */
  get before(): number | undefined {
    return this.#before;
  }

  async load(): Promise<void> {
    const stored = await this.#state.get(KEY);
    this.#before = typeof stored === "number" ? stored : undefined;
  }

  async leave(): Promise<void> {
    await this.#state.set(KEY, this.#clock.now());
  }
}
