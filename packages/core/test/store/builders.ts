import type { AppendEntry, LaneId, NewDelivery, Store, StoredEvent } from "../../src/store/store.ts";
import { memoryStore } from "../../src/store/memory-store.ts";

export const HOOKS: LaneId = { sink: "hooks", destination: "one" };

export function anEvent(over: Partial<StoredEvent> = {}): StoredEvent {
  return { id: "e", type: "message.created", source: "test", time: "2026-01-01T00:00:00.000Z", data: "{}", ...over };
}

export function aDelivery(over: Partial<NewDelivery> = {}): NewDelivery {
  return { id: "d", ...HOOKS, ...over };
}

/** An event with one delivery of the same id. */
export function anEntry(
  id: string,
  delivery: Partial<NewDelivery> = {},
  event: Partial<StoredEvent> = {},
): AppendEntry {
  return { event: anEvent({ id, ...event }), deliveries: [aDelivery({ id, ...delivery })] };
}

export async function anOpenStore(entries: readonly AppendEntry[] = []): Promise<Store> {
  const store = memoryStore();
  await store.open();
  await store.append(entries, { maxBacklog: Infinity, now: 0 });
  return store;
}
