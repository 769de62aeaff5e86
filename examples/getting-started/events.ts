// #region events
import { z } from "zod";

/** What happens at the desk. */
export const deskEvents = {
  "ticket.opened": z.object({ id: z.number(), account: z.number(), title: z.string() }),
  "ticket.closed": z.object({ id: z.number(), account: z.number(), by: z.string() }),
};
// #endregion events
