import type { IncomingMessage, ServerResponse } from "node:http";
import { webhooksApi, type WebhooksApi } from "@bus/webhook-sink";
import { Inject, Injectable, Logger } from "@nestjs/common";
import { accountOf } from "./accounts.ts";
import { BUS } from "./bus.module.ts";
import type { DeskBus } from "./make-bus.ts";

/** The webhooks of each account, for its settings page or its own scripts. */
@Injectable()
export class WebhooksHandler {
  readonly #bus: DeskBus;
  readonly #logger = new Logger(WebhooksHandler.name);
  #api: WebhooksApi | undefined;

  constructor(@Inject(BUS) bus: DeskBus) {
    this.#bus = bus;
  }

  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    // With the first request, for the sink has its webhooks once the bus is started.
    this.#api ??= webhooksApi({
      webhooks: this.#bus.sinks.hooks.webhooks,
      // Express takes off what the API is mounted under.
      path: "",
      authorize: ({ headers }, accountId) => accountOf(headers.get("authorization")) === accountId,
      onError: (error) => this.#logger.error(error),
    });
    this.#api.node(request, response, next);
  }
}
