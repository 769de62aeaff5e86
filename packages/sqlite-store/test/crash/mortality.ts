import type { Store } from "@bus/core";
import type { Death, FaultPoint } from "./crash-plan.ts";
import { storeWith } from "./store-with.ts";

/** Kills this process when it passes the point it is to die at. */
export class Mortality {
  readonly #death: Death | undefined;
  #passed = 0;

  constructor(death: Death | undefined) {
    this.#death = death;
  }

  /** Called with the number of events or deliveries that are at the point now. */
  pass(point: FaultPoint, count = 1): void {
    const death = this.#death;
    if (death?.point !== point) return;
    this.#passed += count;
    if (this.#passed >= death.count) process.kill(process.pid, "SIGKILL");
  }

  /** The store, with its fault points. */
  in(store: Store): Store {
    return storeWith(store, {
      append: async (entries, options) => {
        const answers = await store.append(entries, options);
        this.pass("after-commit", entries.length);
        return answers;
      },
      settle: async (settlements, now) => {
        this.pass("before-settle", settlements.length);
        return store.settle(settlements, now);
      },
    });
  }
}
