/* oxlint-disable typescript/no-extraneous-class -- Nest's modules are classes. */
import { Module, type DynamicModule } from "@nestjs/common";
import { APP_FILTER } from "@nestjs/core";
import { BusErrorFilter } from "./bus-error.filter.ts";
import { BusModule } from "./bus.module.ts";
import type { DeskSettings } from "./desk-settings.ts";
import { ReadyController } from "./ready.controller.ts";
import { TicketsController } from "./tickets.controller.ts";
import { TicketsService } from "./tickets.service.ts";
import { WebhooksHandler } from "./webhooks.handler.ts";

@Module({
  controllers: [TicketsController, ReadyController],
  providers: [TicketsService, WebhooksHandler, { provide: APP_FILTER, useClass: BusErrorFilter }],
})
export class AppModule {
  static forRoot(settings: DeskSettings): DynamicModule {
    return { module: AppModule, imports: [BusModule.forRoot(settings)] };
  }
}
