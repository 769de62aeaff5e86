import type { StateStore, Store } from "@bus/core";
import type { Saboteur as AnySaboteur } from "../kill-matrix.ts";

/** A store that is broken in one way, to show that the suite notices. */
export interface Saboteur extends AnySaboteur {
  /** The store it is made of: `sqlite` for tests that need `durable` or `transactions`. @default "memory" */
  readonly on?: "memory" | "sqlite";
  /** `host` where the store is on a connection of the host. */
  sabotage(store: Store, host?: HostState): Store;
}

export interface HostState {
  readonly isInTransaction: boolean;
}

type Over = Partial<Omit<Store, "state">> & { readonly state?: Partial<StateStore> };

/**
 * The store with some of its methods replaced. Stores keep private state, so that each call must reach the store itself. It closes when the
 * appends under way are done: that a replaced one takes longer is no second fault.
 */
export function wrapped(store: Store, over: Over): Store {
  const { state } = store;
  const underWay = new Set<Promise<unknown>>();
  const append: Store["append"] = (...args) => {
    const answers = (over.append ?? store.append.bind(store))(...args);
    underWay.add(answers);
    return answers;
  };
  return {
    name: store.name,
    keepsUnrouted: store.keepsUnrouted,
    pollMs: store.pollMs,
    open: () => store.open(),
    close: async () => {
      await Promise.allSettled(underWay);
      await store.close();
    },
    lease: (...args) => store.lease(...args),
    settle: (...args) => store.settle(...args),
    expand: (...args) => store.expand(...args),
    due: (...args) => store.due(...args),
    lanes: () => store.lanes(),
    setLane: (...args) => store.setLane(...args),
    get: (...args) => store.get(...args),
    query: (...args) => store.query(...args),
    replay: (...args) => store.replay(...args),
    discard: (...args) => store.discard(...args),
    stats: () => store.stats(),
    prune: (...args) => store.prune(...args),
    ...over,
    append,
    state: {
      get: (...args) => state.get(...args),
      change: (...args) => state.change(...args),
      keys: (...args) => state.keys(...args),
      ...over.state,
    },
  };
}
