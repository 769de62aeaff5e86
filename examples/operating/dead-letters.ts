import { setTimeout } from "node:timers/promises";
import type { DeliveriesQuery, DeliveryView } from "@bus/core";
import type { DeskBus } from "./bus.ts";

// #region find
/** The dead letters that a query names, oldest first, however many there are. */
export async function* deadLetters(bus: DeskBus, query: DeliveriesQuery): AsyncGenerator<DeliveryView> {
  let page = await bus.deliveries.list({ ...query, state: "dead" });
  yield* page.items;
  while (page.cursor !== undefined) {
    page = await bus.deliveries.list({ ...query, state: "dead", cursor: page.cursor });
    yield* page.items;
  }
}
// #endregion find

// #region reasons
/** How many there are of each destination and reason. */
export async function reasons(bus: DeskBus, query: DeliveriesQuery): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { destination, reason = "" } of deadLetters(bus, query)) {
    const name = `${destination}: ${reason}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
// #endregion reasons

// #region attempts
/** Every attempt of a delivery, of the last 20, a line each. */
export function attemptsOf({ history }: DeliveryView): readonly string[] {
  return history.map(({ startedAt, durationMs, outcome, reason = "", info }) => {
    const answer = [info?.status, info?.detail].filter((part) => part !== undefined).join(" ");
    return `${new Date(startedAt).toISOString()}  ${outcome}  ${durationMs} ms  ${reason}  ${answer}`.trimEnd();
  });
}
// #endregion attempts

// #region try-one
/** Replays one delivery, and gives it as it is after its next attempt, or after 10 s: a lane that is paused or disabled makes none. */
export async function tryOne(bus: DeskBus, id: string): Promise<DeliveryView | undefined> {
  await bus.deliveries.replay(id);
  for (let looks = 0; looks < 100; looks += 1) {
    const delivery = await bus.deliveries.get(id);
    const isTried = delivery?.state !== "leased" && delivery?.attempts !== 0;
    if (isTried) return delivery;
    await setTimeout(100);
  }
  return bus.deliveries.get(id);
}
// #endregion try-one

/** Replays all dead letters of a destination; gives how many. */
export async function replayAll(bus: DeskBus, destination: string): Promise<number> {
  // #region replay
  const { count } = await bus.deliveries.replay({ sink: "hooks", destination, state: "dead" });
  // #endregion replay
  return count;
}

/** Gives up the dead letters of one type at a destination; gives how many. */
export async function giveUp(bus: DeskBus, destination: string, type: string): Promise<number> {
  // #region discard
  const { count } = await bus.deliveries.discard({ sink: "hooks", destination, type, state: "dead" });
  // #endregion discard
  return count;
}
