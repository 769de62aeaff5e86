/** What every contender is given: about 650 bytes as JSON. */
export interface BenchEvent {
  readonly id: string;
  readonly type: typeof EVENT_TYPE;
  readonly data: { readonly content: string };
}

export const EVENT_TYPE = "message.created";
export const CONTENT: string = "x".repeat(600);

let made = 0;

/** Ids are 36 characters long and rise, as those of the bus do: random ones would slow down a store that indexes them. */
export function newEvent(): BenchEvent {
  const id = `01890a5d-ac96-774b-bcce-${(made++).toString(16).padStart(12, "0")}`;
  return { id, type: EVENT_TYPE, data: { content: CONTENT } };
}

export function newEvents(count: number): readonly BenchEvent[] {
  return Array.from({ length: count }, newEvent);
}
