import {
  defineSink,
  delivered,
  retry,
  type AnySinkPlugin,
  type BusEvent,
  type Delivery,
  type Outcome,
} from "@bus/core";
import { anySchema } from "../suite/any-schema.ts";

/** Where the suite's buses send what the source publishes. */
export class Collector {
  readonly received: BusEvent[] = [];
  readonly #startable: PromiseWithResolvers<void> | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor({ isStartHeld = false }: { readonly isStartHeld?: boolean } = {}) {
    if (isStartHeld) this.#startable = Promise.withResolvers();
  }

  plugin(): AnySinkPlugin {
    const made = defineSink({
      name: "collector",
      options: anySchema,
      create: () => ({
        start: () => this.#startable?.promise,
        deliver: (batch, { signal }) => this.#deliver(batch, signal),
      }),
    });
    return made({});
  }

  letStart(): void {
    this.#startable?.resolve();
  }

  /** Deliveries do not end until `release`. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async #deliver(batch: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const isLet = await this.#isLet(signal);
    if (!isLet) return batch.map(() => retry("The suite holds its sink up.", { free: true }));
    this.received.push(...batch.map(({ event }) => event));
    return batch.map(() => delivered());
  }

  /** False when the bus must stop, or waits no longer. */
  #isLet(signal: AbortSignal): Promise<boolean> | boolean {
    const gate = this.#gate?.promise;
    if (!gate) return true;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(false), { once: true });
      gate.then(
        () => resolve(true),
        () => resolve(false),
      );
    });
  }
}
