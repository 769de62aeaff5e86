import type { Store } from "@bus/core";
import { storeWith } from "./store-with.ts";

/** Ways in which a bus can be broken, to see the crash tests notice it. */
export type Sabotage = "acknowledges-early" | "sends-twice" | "forgets-keys";

export function sabotaged(store: Store, sabotage: Sabotage | undefined): Store {
  if (sabotage === "acknowledges-early") return acknowledgingEarly(store);
  if (sabotage === "forgets-keys") return forgettingKeys(store);
  return store;
}

/** Says that events are stored while they are being stored. */
function acknowledgingEarly(store: Store): Store {
  const append: Store["append"] = async (entries, options) => {
    void store.append(entries, options);
    return entries.map(() => "appended");
  };
  return storeWith(store, { append });
}

/** Stores deliveries as if their order did not matter. */
function forgettingKeys(store: Store): Store {
  return storeWith(store, {
    append: (entries, options) =>
      store.append(
        entries.map(({ event, deliveries }) => ({
          event,
          deliveries: deliveries.map(({ orderKey: _, ...delivery }) => delivery),
        })),
        options,
      ),
  });
}
