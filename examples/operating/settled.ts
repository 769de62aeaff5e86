import { setTimeout } from "node:timers/promises";
import type { StoreStats } from "@bus/core";
import type { DeskBus } from "./bus.ts";

/** Waits until what the store holds is as `isEnough` says. */
export async function settled(bus: DeskBus, isEnough: (stats: StoreStats) => boolean): Promise<StoreStats> {
  for (;;) {
    const stats = await bus.deliveries.stats();
    if (isEnough(stats)) return stats;
    await setTimeout(20);
  }
}

/** Nothing waits, but for what is parked. */
export const isQuiet = ({ pending, leased, parked }: StoreStats): boolean => pending + leased <= parked;
