// #region events
import { z } from "zod";

/** What happens at the desk. */
export const ticketEvents = {
  "ticket.opened": z.object({
    id: z.string().min(1),
    accountId: z.string(),
    subject: z.string().trim().min(1).max(200),
  }),
};
// #endregion events

/** What a caller says of a ticket. Nobody has checked it yet: `publish` does. */
export type TicketForm = Pick<z.input<(typeof ticketEvents)["ticket.opened"]>, "subject">;
