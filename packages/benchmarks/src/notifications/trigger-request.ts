import type { BareRequest } from "../senders/bare-senders.ts";
import { shippedOrder } from "./order.ts";
import { API_KEY } from "./service.ts";

/** A trigger of one order, as a host would make it by hand. */
export const triggerRequest: BareRequest = {
  what: "request per trigger",
  path: "/v1/events/trigger",
  headers: { authorization: `ApiKey ${API_KEY}`, "content-type": "application/json" },
  body: (index) => {
    const { orderId, customer, carrier, trackingUrl, items } = shippedOrder(index);
    const to = [{ subscriberId: customer.id, email: customer.email, firstName: customer.firstName }];
    const payload = { orderId, carrier, trackingUrl, items };
    return JSON.stringify({ name: "order-shipped", to, payload, transactionId: `shipped-${orderId}` });
  },
};
