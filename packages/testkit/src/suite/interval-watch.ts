import { createHook } from "node:async_hooks";

/** The intervals that have been set since the watch began and still run: also those that do not keep the process alive, of which Node tells nobody. */
export class IntervalWatch {
  readonly #running = new Set<number>();
  readonly #hook = createHook({
    init: (id, type, _, resource) => {
      if (type === "Timeout" && isInterval(resource)) this.#running.add(id);
    },
    destroy: (id) => void this.#running.delete(id),
  });

  constructor() {
    this.#hook.enable();
  }

  get running(): readonly string[] {
    return Array.from(this.#running, () => "an interval");
  }

  end(): void {
    this.#hook.disable();
  }
}

/** What Node makes of `setTimeout` is of the same class, but has nothing to repeat. */
function isInterval(timer: object): boolean {
  return typeof Reflect.get(timer, "_repeat") === "number";
}
