import type { StoreStats } from "@bus/core";
import type { ShopBus } from "./bus.ts";
import { orderOf } from "./people.ts";

/** Waits until every delivery has ended. */
export async function settled(bus: ShopBus): Promise<StoreStats> {
  for (;;) {
    const ended = nextOf(bus, ["delivered", "skipped", "dead"]);
    const stats = await bus.deliveries.stats();
    if (stats.pending + stats.leased === 0) return stats;
    await ended;
  }
}

/** Resolves when the cancellation of someone's notification has come to its end. */
export async function cancelled(bus: ShopBus, name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.events.on("delivered", ({ eventId, destination }) => {
    if (destination === "cancel:order.refunded" && eventId === `${orderOf(name).orderId}-refunded`) resolve();
  });
  await promise;
}

/** Resolves with the reason for which the next delivery is to be tried again, or all of a rule's are to wait. */
export function nextOf(
  bus: ShopBus,
  names: readonly ("delivered" | "skipped" | "dead" | "retrying" | "paused")[],
): Promise<string> {
  return new Promise((resolve) => {
    for (const name of names) bus.events.once(name, ({ reason = "" }) => resolve(reason));
  });
}
