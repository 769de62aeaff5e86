import type { Store } from "@bus/core";
import type { Saboteur } from "../saboteur.ts";
import { onChanges, onState } from "../state-tampering.ts";

export const pluginState: readonly Saboteur[] = [
  {
    name: "keeps the value that was first set",
    caughtBy: ["gives the value that was last set"],
    sabotage: (store) =>
      onState(store, ({ get, change }) => ({
        change: async (scope, changes) => {
          const [first] = changes;
          const isSetAgain = changes.length === 1 && first!.value !== undefined && !("expected" in first!);
          if (isSetAgain && (await get(scope, [first!.key]))[0] !== undefined) return true;
          return change(scope, changes);
        },
      })),
  },
  {
    name: "gives the values of several keys in the order of the keys, each once",
    caughtBy: ["gives the values of several keys in the order asked for, as often as asked for"],
    sabotage: (store) =>
      onState(store, ({ get }) => ({
        get: async (scope, keys) => (keys.length > 10 ? get(scope, keys) : get(scope, [...new Set(keys)].toSorted())),
      })),
  },
  {
    name: "leaves out the keys that hold nothing",
    caughtBy: [
      "gives the values of several keys in the order asked for, as often as asked for",
      "makes all of the changes, or none when one of them is not expected",
    ],
    sabotage: (store) =>
      onState(store, ({ get }) => ({
        get: async (scope, keys) => (await get(scope, keys)).filter((value) => value !== undefined),
      })),
  },
  {
    name: "gives every value where no key is asked for",
    caughtBy: ["gives no value where none is asked for"],
    sabotage: (store) =>
      onState(store, ({ get, keys: keysOf }) => ({
        get: async (scope, keys) => get(scope, keys.length > 0 ? keys : await keysOf(scope, "")),
      })),
  },
  {
    name: "gives no more than 999 values at once",
    caughtBy: ["gives and changes the values of 1,000 keys at once"],
    sabotage: (store) => onState(store, ({ get }) => ({ get: (scope, keys) => get(scope, keys.slice(0, 999)) })),
  },
  {
    name: "makes no more than 500 changes at once",
    caughtBy: ["gives and changes the values of 1,000 keys at once"],
    sabotage: (store) =>
      onState(store, ({ change }) => ({ change: (scope, changes) => change(scope, changes.slice(0, 500)) })),
  },
  {
    name: "lists the keys of values that were deleted",
    caughtBy: ["forgets a value that was deleted, and minds not if there is none"],
    sabotage: (store) => {
      const deleted = new Set<string>();
      return onState(store, (state) => ({
        change: (scope, changes) => {
          const [change] = changes;
          if (scope === "hooks" && change?.key === "a" && change.value === undefined && !("expected" in change)) {
            deleted.add(change.key);
          }
          return state.change(scope, changes);
        },
        keys: async (scope, prefix) => [...(await state.keys(scope, prefix)), ...deleted].toSorted(),
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
      return onState(store, ({ change, keys }) => ({
        change: (scope, changes) => {
          for (const { key } of changes) if (!order.includes(key)) order.push(key);
          return change(scope, changes);
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
    caughtBy: [
      "keeps the values of plugins as they were given",
      "compares what is expected with the value as it was given",
    ],
    sabotage: (store) =>
      onChanges(store, (change) =>
        change.value === undefined || "expected" in change || change.value.length > 2_000
          ? change
          : { ...change, value: JSON.stringify(JSON.parse(change.value)) },
      ),
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

/** Changes under which plugin and key a value is kept. */
function onPlaces(store: Store, place: (scope: string, key: string) => readonly [string, string]): Store {
  return onState(store, (state) => ({
    get: async (scope, keys) => {
      const values = keys.map(async (key) => {
        const [placedScope, placedKey] = place(scope, key);
        return (await state.get(placedScope, [placedKey]))[0];
      });
      return Promise.all(values);
    },
    change: (scope, changes) =>
      state.change(
        place(scope, changes[0]?.key ?? "")[0],
        changes.map((change) => ({ ...change, key: place(scope, change.key)[1] })),
      ),
    keys: (scope, prefix) => state.keys(place(scope, "")[0], prefix),
  }));
}
