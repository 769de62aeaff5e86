/** What the events of a run carry: their place among those of their key. */
export interface NumberedEvent {
  readonly id: string;
  readonly key: string;
  readonly sequence: number;
}

/** The events of a run, in the order in which they are published. Neighbours have different keys. */
export function numberedEvents(count: number, keys: number): readonly NumberedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `e${index}`,
    key: `k${index % keys}`,
    sequence: Math.floor(index / keys),
  }));
}
