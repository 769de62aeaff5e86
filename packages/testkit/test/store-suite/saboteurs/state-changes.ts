import type { Saboteur } from "../saboteur.ts";
import { lookThenChange, onChanges, onState, oneByOne, unconditional } from "../state-tampering.ts";

export const stateChanges: readonly Saboteur[] = [
  {
    name: "takes every value for the expected one",
    caughtBy: [
      "changes a value only while it is the expected one",
      "deletes a value only while it is the expected one",
      "compares what is expected with the value as it was given",
      "makes all of the changes, or none when one of them is not expected",
      "lets a change find what those before it have made of its key",
      "expects nothing of the values of another plugin",
      "makes one of the changes that are asked for at once, each expecting the same",
      "loses no change of a counter that 100 change at once",
    ],
    sabotage: (store) => onChanges(store, (change) => (change.expected === undefined ? change : unconditional(change))),
  },
  {
    name: "takes nothing that is expected for nothing expected",
    caughtBy: [
      "sets a key that is expected to hold nothing only while it does",
      "loses no change of a counter that 100 change at once",
    ],
    sabotage: (store) => onChanges(store, (change) => (change.expected === undefined ? unconditional(change) : change)),
  },
  {
    name: "deletes a value that is not the expected one",
    caughtBy: ["deletes a value only while it is the expected one"],
    sabotage: (store) => onChanges(store, (change) => (change.value === undefined ? unconditional(change) : change)),
  },
  {
    name: "finds no value to delete where none is expected",
    caughtBy: ["deletes a value only while it is the expected one"],
    sabotage: (store) =>
      onState(store, ({ change }) => ({
        change: async (scope, changes) => {
          const isNothing = changes.some((each) => "expected" in each && each.expected === each.value);
          return !isNothing && change(scope, changes);
        },
      })),
  },
  {
    name: "compares what is expected without the white space around it",
    caughtBy: ["compares what is expected with the value as it was given"],
    sabotage: (store) =>
      onChanges(store, (change) =>
        change.expected === undefined ? change : { ...change, expected: change.expected.trim() },
      ),
  },
  {
    name: "makes the changes before the one that is not expected",
    caughtBy: [
      "makes all of the changes, or none when one of them is not expected",
      "lets a change find what those before it have made of its key",
      "gives the values of several keys as of one moment while they are changed",
    ],
    sabotage: (store) =>
      onState(store, ({ change }) => ({
        change: async (scope, changes) => {
          for (const each of changes) if (!(await change(scope, [each]))) return false;
          return true;
        },
      })),
  },
  {
    name: "makes the changes that are expected",
    caughtBy: [
      "makes all of the changes, or none when one of them is not expected",
      "lets a change find what those before it have made of its key",
    ],
    sabotage: (store) =>
      onState(store, ({ change }) => ({
        change: async (scope, changes) => {
          const answers = await Promise.all(changes.map((each) => change(scope, [each])));
          return answers.every(Boolean);
        },
      })),
  },
  {
    name: "refuses to make no change",
    caughtBy: ["makes no change, and says that it has, where none is asked for"],
    sabotage: (store) =>
      onState(store, ({ change }) => ({
        change: async (scope, changes) => (await change(scope, changes)) && changes.length > 0,
      })),
  },
  {
    name: "compares what is expected with what was there before the call",
    caughtBy: ["lets a change find what those before it have made of its key"],
    sabotage: (store) =>
      onState(store, (state) => ({
        change: (scope, changes) =>
          changes.length > 1 ? lookThenChange(state, scope, changes) : state.change(scope, changes),
      })),
  },
  {
    name: "finds what is expected in another plugin",
    caughtBy: ["expects nothing of the values of another plugin"],
    sabotage: (store) =>
      onState(store, ({ get, change }) => ({
        change: async (scope, changes) => {
          const [first] = changes;
          const [elsewhere] = await get("graph", [first?.key ?? ""]);
          return change(
            scope,
            elsewhere !== undefined && first?.expected === elsewhere ? [unconditional(first)] : changes,
          );
        },
      })),
  },
  {
    name: "looks at a key in one step and changes it in the next",
    caughtBy: [
      "makes one of the changes that are asked for at once, each expecting the same",
      "loses no change of a counter that 100 change at once",
    ],
    sabotage: (store) =>
      onState(store, (state) => ({
        change: (scope, changes) =>
          changes.length > 1 ? state.change(scope, changes) : lookThenChange(state, scope, changes),
      })),
  },
  {
    name: "changes one key after the other",
    caughtBy: ["gives the values of several keys as of one moment while they are changed"],
    sabotage: (store) =>
      onState(store, ({ change }) => ({
        change: async (scope, changes) => {
          if (changes.some((each) => "expected" in each)) return change(scope, changes);
          for (const each of changes) await change(scope, [each]);
          return true;
        },
      })),
  },
  {
    name: "gives the value of one key after that of the other",
    caughtBy: ["gives the values of several keys as of one moment while they are changed"],
    sabotage: (store) => onState(store, (state) => ({ get: (scope, keys) => oneByOne(state, scope, keys) })),
  },
];
