import type { PluginState } from "@bus/core";

const KEY = "lanes";

/**
 * The lanes of rules that send, now or in an earlier run: of a rule that was renamed or removed, the bus and the service may still hold what is to be
 * cancelled. Kept in the bus's store.
 */
export class SendingLanes {
  readonly #state: PluginState;
  #ids: readonly string[];

  /** @param current ids of the rules of this run */
  constructor(state: PluginState, current: readonly string[]) {
    this.#state = state;
    this.#ids = [...new Set(current)];
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Adds those of this run to the others, and learns of what other processes have added meanwhile. */
  async load(): Promise<void> {
    for (;;) {
      const stored = await this.#state.get(KEY);
      const before: readonly unknown[] = Array.isArray(stored) ? stored : [];
      const all = new Set([...before.filter((id) => typeof id === "string"), ...this.#ids]);
      this.#ids = [...all];
      if (all.size === before.length) return;
      // Refused: another process has changed it meanwhile.
      if (await this.#state.change([{ key: KEY, value: this.#ids, expected: stored }])) return;
    }
  }
}
