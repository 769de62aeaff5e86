import type {
  AppendEntry,
  LaneId,
  LeasedDelivery,
  LeaseRequest,
  NewDelivery,
  Settlement,
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
