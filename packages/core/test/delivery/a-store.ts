import { memoryStore, type LaneId, type Lease, type LeaseRequest, type Store } from "@bus/core";
import type { VirtualClock } from "@bus/testkit";

/** The store with some of its methods replaced. */
export function aStoreWith(over: Partial<Store>, store: Store = memoryStore()): Store {
  return new Proxy(store, {
    get: (target, name) => {
      if (Object.hasOwn(over, name)) return Reflect.get(over, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A store for several buses at once: it outlives each of them, and is asked for the work of the others. */
export function aSharedStore(pollMs = 1_000): Store {
  return aStoreWith({ pollMs, close: async () => undefined });
}

/** A store that takes ten milliseconds for each lease and each group of settlements. */
export function aSlowStore(clock: VirtualClock, store: Store = memoryStore()): Store {
  const wait = (): Promise<void> => new Promise((resolve) => void clock.schedule(resolve, 10));
  return aStoreWith(
    {
      lease: async (request) => {
        await wait();
        return store.lease(request);
      },
      settle: async (settlements, now) => {
        await wait();
        return store.settle(settlements, now);
      },
    },
    store,
  );
}

type Method = "append" | "lease" | "settle" | "due" | "expand" | "setLane" | "prune";

/** A store whose methods fail as often as `left` says. */
export function aFailingStore(left: Partial<Record<Method, number>>, store: Store = memoryStore()): Store {
  const over: Partial<Record<Method, unknown>> = {};
  for (const name of Object.keys(left) as Method[]) {
    const method = store[name].bind(store) as (...args: readonly unknown[]) => Promise<unknown>;
    over[name] = async (...args: readonly unknown[]) => {
      const times = left[name] ?? 0;
      if (times === 0) return method(...args);
      left[name] = times - 1;
      throw new Error(`disk full at ${name}`);
    };
  }
  return aStoreWith(over as Partial<Store>, store);
}

/** A store that counts the deliveries of each lane that are handed out. */
export function aCountingStore(store: Store = memoryStore()): { store: Store; most(lane: LaneId): number } {
  const out = new Map<string, string>();
  const most = new Map<string, number>();
  const laneName = ({ sink, destination }: LaneId): string => `${sink} ${destination}`;
  const lease = async (request: LeaseRequest): Promise<Lease> => {
    const given = await store.lease(request);
    const name = laneName(request.lane);
    for (const { id } of given.deliveries) out.set(id, name);
    const count = [...out.values()].filter((each) => each === name).length;
    most.set(name, Math.max(most.get(name) ?? 0, count));
    return given;
  };
  const settle: Store["settle"] = (settlements, now) => {
    for (const { id } of settlements) out.delete(id);
    return store.settle(settlements, now);
  };
  return { store: aStoreWith({ lease, settle }, store), most: (lane) => most.get(laneName(lane)) ?? 0 };
}
