// #region rules
import { teleflowSink } from "@bus/teleflow-sink";
import { shippingId } from "./shipping-id.ts";
import { shopEvents } from "./shop-events.ts";

/** Who is told of what, by which workflow of the service. */
export function notifySink(url: string, apiKey: string) {
  return teleflowSink({
    events: shopEvents,
    url,
    apiKey,
    environment: "production",
    rules: [
      {
        on: "order.shipped",
        trigger: "order-shipped",
        to: ({ data: { customer } }) => ({
          subscriberId: customer.id,
          firstName: customer.name,
          email: customer.email,
        }),
        payload: ({ data }) => ({ orderId: data.orderId, address: data.address }),
      },
      { on: "order.refunded", cancel: ({ data }) => ({ event: shippingId(data.orderId) }) },
      {
        on: "order.refunded",
        trigger: "order-refunded",
        to: ({ data }) => data.customer.id,
        payload: ({ data }) => ({ orderId: data.orderId }),
      },
      { on: "incident.opened", broadcast: "incident", payload: ({ data }) => ({ title: data.title }) },
      { on: "incident.opened", trigger: "call-out", to: { type: "Topic", topicKey: "operators" } },
    ],
  });
}
// #endregion rules
