import { teleflowSink, type TeleflowBatch } from "@bus/teleflow-sink";
import type { DeliveryPolicy, AnySinkPlugin } from "@bus/core";
import { busSender } from "../senders/bus-sender.ts";
import type { Sender } from "../senders/sender.ts";
import { orderEvents, shippedOrder } from "./order.ts";
import { API_KEY } from "./service.ts";

const SETTING = {
  events: orderEvents,
  destination: "trigger:order-shipped",
  type: "order.shipped",
  data: shippedOrder,
} as const;
const BATCHED = "bulks of up to 100 triggers, concurrency 8";

export async function busOnGot(): Promise<Sender> {
  return busSender({ ...SETTING, name: "Bus", transport: "got", conditions: BATCHED, sink: (url) => sink(url) });
}

export async function busOnUndici(): Promise<Sender> {
  return busSender({
    ...SETTING,
    name: "Bus on undici",
    transport: "undici",
    conditions: BATCHED,
    sink: (url) => sink(url),
  });
}

/** What the bulks are worth. */
export async function busOneByOne(): Promise<Sender> {
  return busSender({
    ...SETTING,
    name: "Bus on undici, one trigger a request",
    transport: "undici",
    isOneByOne: true,
    conditions: "one trigger a request, concurrency 32",
    sink: (url) => sink(url, { maxTriggers: 1, lingerMs: 0 }, { concurrency: 32 }),
  });
}

function sink(url: string, batch: TeleflowBatch = {}, policy: DeliveryPolicy = {}): AnySinkPlugin {
  return teleflowSink(
    {
      events: orderEvents,
      url,
      apiKey: API_KEY,
      environment: "bench",
      batch,
      rules: [
        {
          on: "order.shipped",
          trigger: "order-shipped",
          to: ({ data: { customer } }) => ({
            subscriberId: customer.id,
            email: customer.email,
            firstName: customer.firstName,
          }),
          payload: ({ data: { orderId, carrier, trackingUrl, items } }) => ({ orderId, carrier, trackingUrl, items }),
        },
      ],
    },
    policy,
  );
}
