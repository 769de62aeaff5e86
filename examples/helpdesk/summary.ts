import type { DeliveryView, LaneRecord } from "@bus/core";

/** Each event with where it went, and after how many attempts; then each parked lane, and why. */
export function summaryOf(deliveries: readonly DeliveryView[], lanes: readonly LaneRecord[]): string {
  const byEvent = Map.groupBy(deliveries, ({ event }) => event.id);
  const events = [...byEvent.values()].map((ofEvent) =>
    [`${ofEvent[0]?.event.type} of ${ofEvent[0]?.event.key}`, ...ofEvent.map(lineOf)].join("\n"),
  );
  return [...events, ...lanes.flatMap(parkedLine)].join("\n\n");
}

function lineOf({ destination, state, history, reason = "" }: DeliveryView): string {
  const times = `${history.length} ${history.length === 1 ? "attempt" : "attempts"}`;
  return `  ${destination.padEnd(7)} ${state.padEnd(10)} ${times.padEnd(11)} ${reason}`.trimEnd();
}

function parkedLine({ destination, unfinished, status }: LaneRecord): string[] {
  return status.state === "disabled" ? [`${unfinished} parked for "${destination}": ${status.reason}`] : [];
}
