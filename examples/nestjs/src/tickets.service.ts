import { Inject, Injectable } from "@nestjs/common";
import { BUS } from "./bus.module.ts";
import type { DeskBus } from "./make-bus.ts";
import type { TicketForm } from "./ticket-events.ts";

export interface NewTicket {
  readonly id: string;
  readonly accountId: string;
  readonly requestId: string;
  /** As it came: nobody has checked it yet. */
  readonly form: TicketForm;
}

// #region service
@Injectable()
export class TicketsService {
  readonly #bus: DeskBus;

  constructor(@Inject(BUS) bus: DeskBus) {
    this.#bus = bus;
  }

  /** Resolves once the ticket and what it owes are on the disk. The same id opens one ticket, however often it comes. */
  async open({ id, accountId, requestId, form }: NewTicket): Promise<void> {
    const key = `${accountId}/${id}`;
    await this.#bus.publish(
      "ticket.opened",
      { ...form, id, accountId },
      { id: `${key}/opened`, key, correlationid: requestId },
    );
  }
}
// #endregion service
