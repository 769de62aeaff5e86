import type { StoreStats } from "@bus/core";
import type { ChatBus } from "./bus.ts";

/** Waits until every delivery has ended. */
export async function settled(bus: ChatBus): Promise<StoreStats> {
  for (;;) {
    const ended = nextOf(bus, ["delivered", "skipped", "dead"]);
    const stats = await bus.deliveries.stats();
    if (stats.pending + stats.leased === 0) return stats;
    await ended;
  }
}

/** Resolves with the reason for which the next delivery is to be tried again. */
export async function nextRetry(bus: ChatBus): Promise<string> {
  return nextOf(bus, ["retrying"]);
}

function nextOf(bus: ChatBus, names: readonly ("delivered" | "skipped" | "dead" | "retrying")[]): Promise<string> {
  return new Promise((resolve) => {
    for (const name of names) bus.events.once(name, ({ reason = "" }) => resolve(reason));
  });
}
