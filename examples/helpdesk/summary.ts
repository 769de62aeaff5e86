import type { DeliveryView, LaneRecord, StoreStats } from "@bus/core";

/** Each event with where it went, and after how many attempts; then each parked lane, and why. */
export function summaryOf(deliveries: readonly DeliveryView[], lanes: readonly LaneRecord[]): string {
  const byEvent = Map.groupBy(deliveries, ({ event }) => event.id);
  const events = [...byEvent.values()].map((ofEvent) =>
    [`${ofEvent[0]?.event.type} of ${ofEvent[0]?.event.key}`, ...ofEvent.map(lineOf)].join("\n"),
  );
  return [...events, ...lanes.flatMap(parkedLine)].join("\n\n");
}

function lineOf({ destination, state, attempts, history, reason = "" }: DeliveryView): string {
  // An attempt counts when it begins. What came of one that was under way at a kill, nobody can say.
  const underWay = state === "leased" ? 1 : 0;
  const cutShort = Math.max(attempts - history.length - underWay, 0);
  const count = history.length + cutShort + underWay;
  const times = `${count} ${count === 1 ? "attempt" : "attempts"}`;
  const note = cutShort > 0 ? ` (${cutShort} cut short by a kill)` : "";
  return `  ${destination.padEnd(7)} ${state.padEnd(10)} ${times.padEnd(11)} ${reason}${note}`.trimEnd();
}

function parkedLine({ destination, unfinished, status }: LaneRecord): string[] {
  return status.state === "disabled" ? [`${unfinished} parked for "${destination}": ${status.reason}`] : [];
}

/** What an earlier run has left in the store. */
export function leftovers({ events, pending, leased, parked }: StoreStats): string {
  const left = `Goes on with ${events} events of an earlier run: ${pending + leased - parked} deliveries are left.`;
  if (leased === 0) return left;
  return `${left}\nIt was killed while ${leased} were under way. They are tried again when their leases end, in 12 s at most.`;
}
