import type { DeskBus } from "./bus.ts";

/** Each attempt to deliver to a webhook, as its owner may see it. */
export async function deliveryLog(bus: DeskBus, id: number): Promise<readonly string[]> {
  // #region log
  const { items } = await bus.deliveries.list({ sink: "hooks", destination: String(id), limit: 50 });
  return items.flatMap(({ event, history }) =>
    history.map(({ durationMs, outcome, reason = "", info }) => {
      const answer = info === undefined ? reason : `${info.status} ${info.detail ?? ""}`.trim();
      return `${event.id}  ${outcome.padEnd(9)}  ${Math.round(durationMs)} ms  ${answer}`;
    }),
  );
  // #endregion log
}
