import type { DeskBus } from "./bus.ts";

// #region alerts
/** Tells of what somebody should know of. Retries are none of it: they are what the bus is for. */
export function alertOn(bus: DeskBus, tell: (alert: string) => void): void {
  bus.events.on("dead", ({ sink, destination, eventId, reason }) =>
    tell(`dead letter ${eventId} of ${sink}/${destination}: ${reason}`),
  );
  bus.events.on("disabled", ({ sink, destination, reason }) => tell(`disabled ${sink}/${destination}: ${reason}`));
  bus.events.on("error", (error) => tell(`${error.code} ${error.message}`));
}
// #endregion alerts
