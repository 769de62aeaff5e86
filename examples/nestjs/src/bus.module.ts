import {
  Global,
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { drain } from "./drain.ts";
import { makeBus, type DeskBus } from "./make-bus.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { nestLogger } from "./nest-logger.ts";
import { Pager } from "./pager.ts";

// #region module
/** Injects the bus: `@Inject(BUS) bus: DeskBus`. */
export const BUS = Symbol("bus");

/** Starts the bus before the application listens, and stops it after the last answer. */
@Global()
@Module({})
export class BusModule implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #bus: DeskBus;
  readonly #host: HttpAdapterHost;

  constructor(@Inject(BUS) bus: DeskBus, host: HttpAdapterHost) {
    this.#bus = bus;
    this.#host = host;
  }

  static forRoot(settings: DeskSettings): DynamicModule {
    const bus = {
      provide: BUS,
      inject: [Pager],
      useFactory: (pager: Pager) => makeBus(settings, { pager, logger: nestLogger("Bus") }),
    };
    return { module: BusModule, providers: [Pager, bus], exports: [BUS] };
  }

  /** Takes up what the last run has left. */
  async onModuleInit(): Promise<void> {
    await this.#bus.start();
  }

  /** Nest closes its server next, and waits until every connection has ended. */
  beforeApplicationShutdown(): void {
    drain(this.#host.httpAdapter.getHttpServer(), 5_000);
  }

  /** The server has closed. In onModuleDestroy, requests would still be under way, and find a bus that refuses them. */
  async onApplicationShutdown(): Promise<void> {
    await this.#bus.stop();
  }
}
// #endregion module
