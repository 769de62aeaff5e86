// #region events
import { z } from "zod";

const customer = z.object({ id: z.string(), name: z.string(), email: z.email() });

/** What happens in the shop, and somebody is told of. */
export const shopEvents = {
  // Where nobody has written an address, it is null.
  "order.shipped": z.object({ orderId: z.string(), customer, address: z.string().nullable() }),
  "order.refunded": z.object({ orderId: z.string(), customer }),
  "incident.opened": z.object({ title: z.string() }),
};
// #endregion events

export type Customer = z.infer<typeof customer>;
export type Order = z.infer<(typeof shopEvents)["order.shipped"]>;
