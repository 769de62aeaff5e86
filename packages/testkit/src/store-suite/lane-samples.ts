import type { LaneId, LaneStatus } from "@bus/core";

/** Lanes beside `HOOKS`, and states to set them to. */
export const GRAPH: LaneId = { sink: "graph", destination: "one" };
export const TWO: LaneId = { sink: "hooks", destination: "two" };
export const ACTIVE: LaneStatus = { state: "active" };
export const DISABLED: LaneStatus = { state: "disabled", reason: "410" };
export const PAUSED_BY_HOST: LaneStatus = { state: "paused", reason: "maintenance" };

export function pausedUntil(until: number): LaneStatus {
  return { state: "paused", reason: "503", until };
}

export function nameOf({ sink, destination }: LaneId): string {
  return `${sink}/${destination}`;
}

/** For comparing: in no order of their own. */
export function names(ids: readonly LaneId[]): readonly string[] {
  return ids.map(nameOf).toSorted((a, b) => (a < b ? -1 : 1));
}
