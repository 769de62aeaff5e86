import type { StateStore, Store } from "@bus/core";
import { wrapped, type Saboteur } from "../saboteur.ts";

export const pluginState: readonly Saboteur[] = [
  {
    name: "keeps the value that was first set",
    caughtBy: ["gives the value that was last set"],
    sabotage: (store) =>
      onState(store, ({ get, set }) => ({
        set: async (scope, key, value) => {
          if ((await get(scope, key)) === undefined) await set(scope, key, value);
        },
      })),
  },
  {
    name: "lists the keys of values that were deleted",
    caughtBy: ["forgets a value that was deleted, and minds not if there is none"],
    sabotage: (store) => {
      const deleted = new Map<string, string>();
      return onState(store, (state) => ({
        delete: async (scope, key) => {
          if ((await state.get(scope, key)) !== undefined && scope === "hooks" && key === "a") deleted.set(scope, key);
          await state.delete(scope, key);
        },
        keys: async (scope, prefix) => {
          const keys = await state.keys(scope, prefix);
          return deleted.has(scope) ? [...keys, deleted.get(scope)!].toSorted() : keys;
        },
      }));
    },
  },
  {
    name: "joins the name of a plugin and a key by a slash",
    caughtBy: ["keeps the values of one plugin from those of another"],
    sabotage: (store) =>
      onPlaces(store, (scope, key) => {
        const [first = "", ...rest] = `${scope}/${key}`.split("/");
        return [first, rest.join("/")];
      }),
  },
  {
    name: "lists keys in the order in which they were set",
    caughtBy: ["lists the keys that begin with a prefix, sorted"],
    sabotage: (store) => {
      const order: string[] = [];
      return onState(store, ({ set, keys }) => ({
        set: (scope, key, value) => {
          if (!order.includes(key)) order.push(key);
          return set(scope, key, value);
        },
        keys: async (...args) => (await keys(...args)).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
      }));
    },
  },
  {
    name: "lists keys that hold the prefix anywhere",
    caughtBy: ["lists the keys that begin with a prefix, sorted"],
    sabotage: (store) =>
      onState(store, ({ keys }) => ({
        keys: async (scope, prefix) => (await keys(scope, "")).filter((key) => key.includes(prefix)),
      })),
  },
  {
    name: "takes an underscore in a prefix for any character",
    caughtBy: ["takes a prefix of keys as it is written, wildcards included"],
    sabotage: (store) =>
      onState(store, ({ keys }) => ({
        keys: async (scope, prefix) =>
          prefix === "_" ? (await keys(scope, "")).filter((key) => key.length > 0) : keys(scope, prefix),
      })),
  },
  {
    name: "lists no key that goes on with a character of a higher plane",
    caughtBy: ["lists keys whatever follows the prefix"],
    sabotage: (store) =>
      onState(store, ({ keys }) => ({
        keys: async (scope, prefix) =>
          (await keys(scope, prefix)).filter((key) => (key.codePointAt(prefix.length) ?? 0) <= 0xffff),
      })),
  },
  {
    name: "lists no key that is the prefix itself",
    caughtBy: ["lists keys whatever follows the prefix"],
    sabotage: (store) =>
      onState(store, ({ keys }) => ({
        keys: async (scope, prefix) => (await keys(scope, prefix)).filter((key) => key !== prefix),
      })),
  },
  {
    name: "takes keys that differ in accents written one way or the other for one",
    caughtBy: ["tells keys and plugins apart, whatever is in their names"],
    sabotage: (store) => onPlaces(store, (scope, key) => [scope.normalize(), key === "\u00e9" ? "e\u0301" : key]),
  },
  {
    name: "keeps the values of plugins as it would write them",
    caughtBy: ["keeps the values of plugins as they were given"],
    sabotage: (store) =>
      onState(store, ({ set }) => ({
        set: (scope, key, value) => set(scope, key, JSON.stringify(JSON.parse(value))),
      })),
  },
  {
    name: "forgets the values of plugins when it is closed",
    caughtBy: ["keeps the values of plugins while it is closed"],
    sabotage: (store) => {
      let closings = 0;
      const scopeOf = (scope: string): string => (closings === 0 ? scope : `${scope} ${closings}`);
      const tampered = onPlaces(store, (scope, key) => [scopeOf(scope), key]);
      return {
        ...tampered,
        close: () => {
          closings += 1;
          return store.close();
        },
      };
    },
  },
];

function onState(store: Store, change: (state: StateStore) => Partial<StateStore>): Store {
  const { state } = wrapped(store, {});
  return wrapped(store, { state: change(state) });
}

/** Changes under which plugin and key a value is kept. */
function onPlaces(store: Store, place: (scope: string, key: string) => readonly [string, string]): Store {
  return onState(store, (state) => ({
    get: (scope, key) => state.get(...place(scope, key)),
    set: (scope, key, value) => state.set(...place(scope, key), value),
    delete: (scope, key) => state.delete(...place(scope, key)),
    keys: (scope, prefix) => state.keys(place(scope, "")[0], prefix),
  }));
}
