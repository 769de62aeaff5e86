import type { BusSignals } from "@bus/core";

/** Counts what the bus delivers from now on. */
export class DeliveredCount {
  readonly #events: BusSignals;
  #count = 0;
  #counted = (): void => {};

  constructor({ events }: { readonly events: BusSignals }) {
    this.#events = events;
    events.on("delivered", this.#onDelivered);
  }

  /** Resolves once there are so many. */
  async reach(wanted: number): Promise<void> {
    while (this.#count < wanted) await new Promise<void>((resolve) => (this.#counted = resolve));
  }

  end(): void {
    this.#events.off("delivered", this.#onDelivered);
  }

  readonly #onDelivered = (): void => {
    this.#count++;
    this.#counted();
  };
}
