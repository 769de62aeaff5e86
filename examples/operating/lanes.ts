import type { LaneId, LaneRecord } from "@bus/core";
import type { DeskBus } from "./bus.ts";

// #region held
/** The lanes that do not work, and the longest of those that do. */
export async function lanesToLookAt(bus: DeskBus): Promise<readonly LaneRecord[]> {
  const lanes = (await bus.lanes.list()).toSorted((a, b) => b.unfinished - a.unfinished);
  const held = lanes.filter(({ status }) => status.state !== "active");
  const busy = lanes.filter(({ status }) => status.state === "active");
  return [...held, ...busy.slice(0, 10)];
}
// #endregion held

// #region lag
/** How long ago the oldest event was published that waits in a lane; 0 if none does. */
export async function lagMs(bus: DeskBus, { sink, destination }: LaneId, now: number): Promise<number> {
  const { items } = await bus.deliveries.list({ sink, destination, state: "pending", limit: 1 });
  const [oldest] = items;
  return oldest === undefined ? 0 : now - Date.parse(oldest.event.time);
}
// #endregion lag

// #region maintenance
/** Sends a destination nothing while `work` lasts. */
export async function maintained(bus: DeskBus, lane: LaneId, work: () => Promise<void>): Promise<void> {
  await bus.lanes.pause(lane, "maintenance of the receiver");
  try {
    await work();
  } finally {
    await bus.lanes.resume(lane);
  }
}
// #endregion maintenance

/** Puts a webhook to work again that its receiver's 410, five days of failures, or somebody has disabled. */
export async function enableWebhook(bus: DeskBus, id: number): Promise<void> {
  // #region enable
  await bus.sinks.hooks.webhooks.update(id, { enabled: true });
  // #endregion enable
}
