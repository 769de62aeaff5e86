import { randomUUID } from "node:crypto";
import { Body, Controller, Headers, Post, UnauthorizedException } from "@nestjs/common";
import { accountOf } from "./accounts.ts";
import type { TicketForm } from "./ticket-events.ts";
import { TicketsService } from "./tickets.service.ts";

// #region controller
@Controller("tickets")
export class TicketsController {
  readonly #tickets: TicketsService;

  constructor(tickets: TicketsService) {
    this.#tickets = tickets;
  }

  @Post()
  async open(
    @Body() form: TicketForm,
    @Headers("authorization") authorization?: string,
    // Whoever names its request may send it again.
    @Headers("idempotency-key") id: string = randomUUID(),
    @Headers("x-request-id") requestId?: string,
  ): Promise<{ readonly id: string }> {
    const accountId = accountOf(authorization);
    if (accountId === undefined) throw new UnauthorizedException();
    await this.#tickets.open({ id, accountId, requestId: requestId || randomUUID(), form });
    return { id };
  }
}
// #endregion controller
