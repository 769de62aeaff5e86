import type { DeliveryView, StoreStats } from "@bus/core";

/** Each event with where it went, and after how many attempts. `names` are those of the destinations. */
export function summaryOf(deliveries: readonly DeliveryView[], names: ReadonlyMap<string, string>): string {
  const byEvent = Map.groupBy(deliveries, ({ event }) => event.id);
  return [...byEvent.values()]
    .map((ofEvent) => {
      const inOrder = ofEvent.toSorted((a, b) => Number(a.destination) - Number(b.destination));
      const lines = inOrder.map((delivery) => lineOf(delivery, names.get(delivery.destination)));
      return [`${ofEvent[0]?.event.type} of ${ofEvent[0]?.event.key}`, ...lines].join("\n");
    })
    .join("\n\n");
}

function lineOf({ destination, state, attempts, history, reason = "" }: DeliveryView, name = destination): string {
  // An attempt counts when it begins. What came of one that was under way at a kill, nobody can say.
  const underWay = state === "leased" ? 1 : 0;
  const cutShort = Math.max(attempts - history.length - underWay, 0);
  const count = history.length + cutShort + underWay;
  const times = `${count} ${count === 1 ? "attempt" : "attempts"}`;
  const note = cutShort > 0 ? ` (${cutShort} cut short by a kill)` : "";
  return `  ${name.padEnd(7)} ${state.padEnd(10)} ${times.padEnd(11)} ${reason}${note}`.trimEnd();
}

/** What an earlier run has left in the store. */
export function leftovers({ events, pending, leased, parked }: StoreStats): string {
  const left = `Goes on with ${events} events of an earlier run: ${pending + leased - parked} deliveries are left.`;
  if (leased === 0) return left;
  return `${left}\nIt was killed while ${leased} were under way. They are tried again when their leases end, in 12 s at most.`;
}
