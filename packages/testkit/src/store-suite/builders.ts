import type {
  AppendEntry,
  LaneId,
  LeasedDelivery,
  LeaseRequest,
  NewDelivery,
  Settlement,
  StateStore,
  Store,
  StoredEvent,
} from "@bus/core";
import type { StoreTestContext } from "./store-test.ts";

/** The lane of every delivery that names none. */
export const HOOKS: LaneId = { sink: "hooks", destination: "one" };
/** How to append what need not fit in. */
export const NO_BOUND: { readonly maxBacklog: number; readonly now: number } = { maxBacklog: Infinity, now: 0 };
/** A page that holds all there is in a test. */
export const ALL: { readonly limit: number } = { limit: 1000 };

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

/** An open store to which these were appended at `now`. */
export async function aStoreOf(
  { open }: StoreTestContext,
  entries: readonly AppendEntry[],
  now: number = 0,
): Promise<Store> {
  const store = await open();
  await store.append(entries, { maxBacklog: Infinity, now });
  return store;
}

/** Up to ten due deliveries of {@link HOOKS} at 0, one of each key, until 100 after, unless `request` says otherwise. */
export async function leased(store: Store, request: Partial<LeaseRequest> = {}): Promise<readonly LeasedDelivery[]> {
  const { now = 0 } = request;
  const { deliveries } = await store.lease({ lane: HOOKS, limit: 10, perKey: 1, now, until: now + 100, ...request });
  return deliveries;
}

export async function leasedIds(store: Store, request: Partial<LeaseRequest> = {}): Promise<readonly string[]> {
  return (await leased(store, request)).map(({ id }) => id);
}

/** The one delivery that `request` leaves to be leased; fails when there is none. */
export async function leasedOne(store: Store, request: Partial<LeaseRequest> = {}): Promise<LeasedDelivery> {
  const [delivery] = await leased(store, { limit: 1, ...request });
  if (delivery === undefined) throw new Error("The lane gave no delivery.");
  return delivery;
}

/** How the attempt ended: delivered, unless `over` says otherwise. */
export function anEnd(delivery: LeasedDelivery | undefined, over: Partial<Settlement> = {}): Settlement {
  if (delivery === undefined) throw new Error("The lane gave no such delivery.");
  return { id: delivery.id, leaseId: delivery.leaseId, state: "delivered", ...over };
}

/** Leases what is due in {@link HOOKS} and ends it at `now`. */
export async function end(store: Store, state: Settlement["state"], now = 0): Promise<void> {
  const deliveries = await leased(store, { perKey: 10, now });
  await store.settle(
    deliveries.map((delivery) => anEnd(delivery, { state })),
    now,
  );
}

/** Sets a key, whatever it holds. */
export async function setValue(state: StateStore, scope: string, key: string, value: string): Promise<void> {
  await state.change(scope, [{ key, value }]);
}

/** Has a key go, whatever it holds. */
export async function deleteValue(state: StateStore, scope: string, key: string): Promise<void> {
  await state.change(scope, [{ key, value: undefined }]);
}

export async function valueOf(state: StateStore, scope: string, key: string): Promise<string | undefined> {
  return (await state.get(scope, [key]))[0];
}

/** Adds 1 to a counter, which is looked at again each time that another was faster. */
export async function countUp(state: StateStore, key: string, { tries }: { tries: number }): Promise<void> {
  for (let n = 0; n < tries; n += 1) {
    const expected = await valueOf(state, "hooks", key);
    if (await state.change("hooks", [{ key, value: `${Number(expected ?? 0) + 1}`, expected }])) return;
  }
  throw new Error(`A change was refused ${tries} times.`);
}
