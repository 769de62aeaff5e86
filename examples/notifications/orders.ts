import type { TeleflowResult } from "@bus/teleflow-sink";
import type { ShopBus } from "./bus.ts";
import { customerOf, orderOf } from "./people.ts";
import { shippingId } from "./shipping-id.ts";

/** The orders of these customers are on their way. */
export async function ship(bus: ShopBus, ...names: readonly string[]): Promise<void> {
  const orders = names.map(orderOf);
  // #region publish
  // Resolves once they are on the disk, with all that is owed for them. What the store knows by its id is not published again.
  await bus.publishMany(orders.map((data) => ({ type: "order.shipped", id: shippingId(data.orderId), data }) as const));
  // #endregion publish
}

/** A customer gets the money back. */
export async function refund(bus: ShopBus, name: string): Promise<void> {
  const { orderId, customer } = orderOf(name);
  await bus.publish("order.refunded", { orderId, customer }, { id: `${orderId}-refunded` });
}

/** Without an event: what nobody needs to find again, and may be lost. */
export async function welcome(bus: ShopBus, name: string): Promise<TeleflowResult> {
  const { id, email } = customerOf(name);
  // #region direct
  const result = await bus.sinks.notify.trigger({
    name: "welcome",
    to: { subscriberId: id, email },
    transactionId: `welcome-${id}`,
  });
  if (result.status !== "processed") console.error(`No welcome for ${id}:`, result.error ?? result.status);
  // #endregion direct
  return result;
}
