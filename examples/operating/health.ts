import type { DeskBus } from "./bus.ts";

export interface Health {
  readonly isReady: boolean;
  readonly state: string;
  readonly pending?: number;
  readonly parked?: number;
  readonly dead?: number;
  readonly fault?: string;
}

// #region health
/** Ready: it runs, and its store answers. What waits is told, and makes nobody unready: a new process would find it waiting too. */
export async function health(bus: DeskBus): Promise<Health> {
  const { state } = bus;
  if (state !== "running") return { isReady: false, state };
  try {
    const { pending, parked, dead } = await bus.deliveries.stats();
    return { isReady: true, state, pending, parked, dead };
  } catch (error) {
    return { isReady: false, state, fault: error instanceof Error ? error.message : String(error) };
  }
}
// #endregion health
