import type {
  DeliveryQuery,
  DeliveryRecord,
  LaneId,
  LaneRecord,
  LeasedDelivery,
  LeaseRequest,
  Settlement,
  Store,
} from "@bus/core";
import { wrapped } from "./saboteur.ts";

/** More than the lanes hold in which something goes wrong; the large ones stay quick. */
const LOOKED_AT = { limit: 40 };
const NOTHING = { deliveries: [], isProbe: false };

type Page = { limit: number; cursor?: string | undefined; now: number };

/** Changes what each lease gives. */
export function onLeased(store: Store, change: (delivery: LeasedDelivery) => LeasedDelivery): Store {
  return wrapped(store, {
    lease: async (request) => {
      const lease = await store.lease(request);
      return { ...lease, deliveries: lease.deliveries.map(change) };
    },
  });
}

/** Has a lease give in another order, or less; told what the lane holds. */
export function onLease(
  store: Store,
  change: (given: readonly LeasedDelivery[], held: readonly DeliveryRecord[]) => readonly LeasedDelivery[],
): Store {
  return wrapped(store, {
    lease: async (request) => {
      const lease = await store.lease(request);
      if (lease.deliveries.length === 0) return lease;
      const held = await heldBy(store, request.lane);
      // Of the large lanes of some tests only the beginning is looked at.
      if (!lease.deliveries.every(({ id }) => held.some((record) => record.id === id))) return lease;
      return { ...lease, deliveries: change(lease.deliveries, held) };
    },
  });
}

/** Gives nothing at all where `isHeld` says so of what the lane holds. */
export function holdingBack(
  store: Store,
  isHeld: (held: readonly DeliveryRecord[], request: LeaseRequest) => boolean | Promise<boolean>,
): Store {
  return wrapped(store, {
    lease: async (request) =>
      (await isHeld(await heldBy(store, request.lane), request)) ? NOTHING : store.lease(request),
  });
}

/** Gives, beside what the store gives, the pending deliveries that are `wanted`, on leases that are none. */
export function givingToo(
  store: Store,
  wanted: (
    waiting: DeliveryRecord,
    about: {
      readonly held: readonly DeliveryRecord[];
      readonly given: readonly LeasedDelivery[];
      readonly request: LeaseRequest;
    },
  ) => boolean | Promise<boolean>,
  find: (lane: LaneId) => DeliveryQuery = ({ sink, destination }) => ({ sink, destination }),
): Store {
  return wrapped(store, {
    lease: async (request) => {
      const { deliveries: given, isProbe } = await store.lease(request);
      const held = (await store.query(find(request.lane), LOOKED_AT)).items;
      const more: LeasedDelivery[] = [];
      for (const record of held) {
        if (record.state !== "pending" && record.state !== "parked") continue;
        if (!(await wanted(record, { held, given, request }))) continue;
        const { id, sink, destination, orderKey, mapped, event, attempts } = record;
        more.push({ id, sink, destination, orderKey, mapped, event, leaseId: 0, attempt: attempts + 1 });
      }
      return { deliveries: [...given, ...more], isProbe };
    },
  });
}

/** Changes what is shown of deliveries. */
export function onRecords(store: Store, change: (record: DeliveryRecord) => DeliveryRecord): Store {
  return wrapped(store, {
    get: async (id) => {
      const record = await store.get(id);
      return record && change(record);
    },
    query: async (query, page) => {
      const { items, ...rest } = await store.query(query, page);
      return { items: items.map(change), ...rest };
    },
  });
}

/** Changes what leases are ended with. */
export function onSettlements(store: Store, change: (settlement: Settlement, now: number) => Settlement): Store {
  return wrapped(store, {
    settle: (settlements, now) =>
      store.settle(
        settlements.map((each) => change(each, now)),
        now,
      ),
  });
}

/** Changes the answer to each settlement. */
export function onAnswers(
  store: Store,
  change: (answer: boolean, settlement: Settlement) => boolean | Promise<boolean>,
): Store {
  return wrapped(store, {
    settle: async (settlements, now) => {
      const answers = await store.settle(settlements, now);
      return Promise.all(settlements.map((each, index) => change(answers[index] ?? false, each)));
    },
  });
}

/** Changes what is told of lanes. */
export function onLanes(store: Store, change: (lane: LaneRecord) => LaneRecord): Store {
  return wrapped(store, { lanes: async () => (await store.lanes()).map(change) });
}

/** Replays or discards only what is `wanted`, one by one, each page in the order that `order` makes of it. */
export function choosing(
  store: Store,
  method: "replay" | "discard",
  wanted: (record: DeliveryRecord, page: Page) => boolean,
  order: (records: readonly DeliveryRecord[]) => readonly DeliveryRecord[] = (records) => records,
): Store {
  const choose = async (query: DeliveryQuery, page: Page): Promise<{ count: number; lanes: readonly LaneId[] }> => {
    const { items, ...rest } = await store.query(query, page);
    const lanes = new Map<string, LaneId>();
    let count = 0;
    for (const { id, sink, destination } of order(items.filter((record) => wanted(record, page)))) {
      const part = await store[method]({ id }, { limit: 1, now: page.now });
      count += part.count;
      if (part.count > 0) lanes.set(JSON.stringify([sink, destination]), { sink, destination });
    }
    return { count, lanes: [...lanes.values()], ...rest };
  };
  return wrapped(store, { [method]: choose });
}

/** Gives none of a key from the time on at which `block` was told of it. */
export function blockingKeys(store: Store): { store: Store; block: (record: DeliveryRecord | undefined) => void } {
  const blocked = new Set<string>();
  const nameOf = (record: DeliveryRecord): string => JSON.stringify([record.sink, record.destination, record.orderKey]);
  return {
    store: holdingBack(store, (held) =>
      held.some((record) => record.state === "pending" && blocked.has(nameOf(record))),
    ),
    block: (record) => {
      if (record?.orderKey !== undefined) blocked.add(nameOf(record));
    },
  };
}

function heldBy(store: Store, { sink, destination }: LaneId): Promise<readonly DeliveryRecord[]> {
  return store.query({ sink, destination }, LOOKED_AT).then(({ items }) => items);
}

export function isPauseOver(status: LaneRecord["status"] | undefined, now: number): boolean {
  return status?.state === "paused" && status.until !== undefined && status.until <= now;
}

export async function laneOf(store: Store, { sink, destination }: LaneId): Promise<LaneRecord | undefined> {
  return (await store.lanes()).find((lane) => lane.sink === sink && lane.destination === destination);
}
