// #region events
import { z } from "zod";

/** What the source publishes: `events: { ...paymentEvents, ...yours }`. */
export const paymentEvents = {
  "payment.received": z.object({ amount: z.number(), reference: z.string() }),
};
// #endregion events
