import { wrapped, type Saboteur } from "../saboteur.ts";
import { lookThenChange, onState, oneByOne, unconditional } from "../state-tampering.ts";

export const sharedState: readonly Saboteur[] = [
  {
    name: "remembers the plugin state that it has read",
    on: "sqlite",
    caughtBy: [
      "shares the plugin state among connections",
      "makes a change only while what another connection wrote is what it expects",
      "loses no change of a counter that two processes change at once",
    ],
    sabotage: (store) => {
      const read = new Map<string, string | undefined>();
      return wrapped(store, {
        state: {
          get: async (scope, keys) => {
            const values = await store.state.get(scope, keys);
            return keys.map((key, index) => {
              const place = `${scope} ${key}`;
              if (!read.has(place)) read.set(place, values[index]);
              return read.get(place);
            });
          },
        },
      });
    },
  },
  {
    name: "changes a key by what it expects of it in its own connection",
    on: "sqlite",
    caughtBy: ["makes a change only while what another connection wrote is what it expects"],
    sabotage: (store) => {
      const written = new Map<string, string | undefined>();
      return onState(store, ({ change }) => ({
        change: (scope, changes) => {
          for (const each of changes) if (!("expected" in each)) written.set(each.key, each.value);
          return change(
            scope,
            changes.map((each) =>
              written.has(each.key) && written.get(each.key) === each.expected ? unconditional(each) : each,
            ),
          );
        },
      }));
    },
  },
  {
    name: "looks for nothing in a key in one transaction and sets it in the next",
    on: "sqlite",
    caughtBy: [
      "makes one of the changes that two connections ask for at once, each expecting the same",
      "loses no change of a counter that two processes change at once",
    ],
    sabotage: (store) =>
      onState(store, (state) => ({
        change: (scope, changes) =>
          changes.length === 1 && changes[0]!.expected === undefined
            ? lookThenChange(state, scope, changes)
            : state.change(scope, changes),
      })),
  },
  {
    name: "looks at a counter in one transaction and raises it in the next",
    on: "sqlite",
    caughtBy: ["loses no change of a counter that two processes change at once"],
    sabotage: (store) =>
      onState(store, (state) => ({
        change: (scope, changes) =>
          changes.length === 1 && changes[0]!.expected !== undefined
            ? lookThenChange(state, scope, changes)
            : state.change(scope, changes),
      })),
  },
  {
    name: "gives the values of keys that another process changes one by one",
    on: "sqlite",
    caughtBy: ["gives the values of several keys as of one moment while another process changes them"],
    sabotage: (store) => onState(store, (state) => ({ get: (scope, keys) => oneByOne(state, scope, keys) })),
  },
];
