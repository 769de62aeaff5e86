import type { StoreStats } from "@bus/core";
import { Controller, Get, Inject, ServiceUnavailableException } from "@nestjs/common";
import { BUS } from "./bus.module.ts";
import type { DeskBus } from "./make-bus.ts";

@Controller("ready")
export class ReadyController {
  readonly #bus: DeskBus;

  constructor(@Inject(BUS) bus: DeskBus) {
    this.#bus = bus;
  }

  @Get()
  async ready(): Promise<{ readonly bus: string; readonly deliveries: StoreStats }> {
    const { state, deliveries } = this.#bus;
    if (state !== "running") throw new ServiceUnavailableException({ bus: state });
    return { bus: state, deliveries: await deliveries.stats() };
  }
}
