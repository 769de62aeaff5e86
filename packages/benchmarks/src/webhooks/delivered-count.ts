import type { WebhooksBus } from "./bench-webhooks.ts";

/** Counts what the bus delivers from now on. */
export class DeliveredCount {
  readonly #bus: WebhooksBus;
  #count = 0;
  #counted = (): void => {};

  constructor(bus: WebhooksBus) {
    this.#bus = bus;
    bus.events.on("delivered", this.#onDelivered);
  }

  /** Resolves once there are so many. */
  async reach(wanted: number): Promise<void> {
    while (this.#count < wanted) await new Promise<void>((resolve) => (this.#counted = resolve));
  }

  end(): void {
    this.#bus.events.off("delivered", this.#onDelivered);
  }

  readonly #onDelivered = (): void => {
    this.#count++;
    this.#counted();
  };
}
