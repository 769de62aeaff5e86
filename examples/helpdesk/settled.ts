import { setTimeout } from "node:timers/promises";
import type { StoreStats } from "@bus/core";
import type { DeskBus } from "./bus.ts";

/** Waits until every delivery has ended or is parked, or the signal says that it is enough. */
export async function settled(bus: DeskBus, signal: AbortSignal): Promise<StoreStats> {
  for (;;) {
    const stats = await bus.deliveries.stats();
    // Parked deliveries are pending too, until someone enables their webhook.
    if (stats.pending + stats.leased <= stats.parked || signal.aborted) return stats;
    await setTimeout(50);
  }
}
