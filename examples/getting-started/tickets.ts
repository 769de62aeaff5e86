// #region tickets
import type { BusEvent } from "@bus/core";
import type { z } from "zod";
import type { deskEvents } from "./events.ts";

type Ticket = z.infer<(typeof deskEvents)["ticket.opened"]>;

/** What of a bus the tickets need. */
export interface TicketBus {
  publish(type: "ticket.opened", data: Ticket, options: { id: string; key: string }): Promise<BusEvent>;
}

/** Resolves when the ticket is recorded; asked again with the same ticket it does nothing. */
export async function openTicket(bus: TicketBus, ticket: Ticket): Promise<void> {
  await bus.publish("ticket.opened", ticket, { id: `ticket-${ticket.id}-opened`, key: `ticket-${ticket.id}` });
}
// #endregion tickets
