import assert from "node:assert/strict";
import type { StateStore } from "@bus/core";
import { countUp, setValue, valueOf } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";
import { JSON_TEXTS } from "./texts.ts";

/** Changes the key of "hooks" to the value, if it holds what is expected, and tells what came of it. */
async function changed(
  state: StateStore,
  change: { readonly key: string; readonly value: string | undefined; readonly expected: string | undefined },
): Promise<readonly [boolean, string | undefined]> {
  return [await state.change("hooks", [change]), await valueOf(state, "hooks", change.key)];
}

/** Of plugin state: in one step, and only while keys hold what is expected of them. */
export const stateChanges: readonly StoreTest[] = [
  {
    name: "changes a value only while it is the expected one",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");

      assert.deepEqual(await changed(state, { key: "a", value: "2", expected: "1" }), [true, "2"]);
      assert.deepEqual(await changed(state, { key: "a", value: "3", expected: "1" }), [false, "2"]);
      assert.deepEqual(await changed(state, { key: "b", value: "1", expected: "1" }), [false, undefined]);
    },
  },
  {
    name: "sets a key that is expected to hold nothing only while it does",
    run: async ({ open }) => {
      const { state } = await open();

      assert.deepEqual(await changed(state, { key: "a", value: "1", expected: undefined }), [true, "1"]);
      assert.deepEqual(await changed(state, { key: "a", value: "2", expected: undefined }), [false, "1"]);
    },
  },
  {
    name: "deletes a value only while it is the expected one",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");

      assert.deepEqual(await changed(state, { key: "a", value: undefined, expected: "2" }), [false, "1"]);
      assert.deepEqual(await changed(state, { key: "a", value: undefined, expected: "1" }), [true, undefined]);
      assert.deepEqual(await changed(state, { key: "a", value: undefined, expected: undefined }), [true, undefined]);
      assert.deepEqual(await state.keys("hooks", ""), []);
    },
  },
  {
    name: "compares what is expected with the value as it was given",
    run: async ({ open }) => {
      const { state } = await open();

      for (const [key, value] of JSON_TEXTS) {
        await setValue(state, "hooks", key, value);
        assert.deepEqual(await changed(state, { key, value: "1", expected: ` ${value}` }), [false, value], key);
        assert.deepEqual(await changed(state, { key, value: "1", expected: value }), [true, "1"], key);
      }
    },
  },
  {
    name: "makes all of the changes, or none when one of them is not expected",
    run: async ({ open }) => {
      const { state } = await open();
      await state.change("hooks", [
        { key: "a", value: "1" },
        { key: "b", value: "1" },
      ]);
      const changes = [
        { key: "a", value: "2", expected: "1" },
        { key: "b", value: undefined },
        { key: "c", value: "2", expected: undefined },
      ];
      const view = (): Promise<unknown> => state.get("hooks", ["a", "b", "c", "d"]);
      const refused = { key: "d", value: "2", expected: "1" };

      for (const at of [0, 1, 2, 3]) {
        assert.equal(await state.change("hooks", changes.toSpliced(at, 0, refused)), false);
        assert.deepEqual(await view(), ["1", "1", undefined, undefined]);
      }
      assert.equal(await state.change("hooks", changes), true);

      assert.deepEqual(await view(), ["2", undefined, "2", undefined]);
      assert.deepEqual(await state.keys("hooks", ""), ["a", "c"]);
    },
  },
  {
    name: "makes no change, and says that it has, where none is asked for",
    run: async ({ open }) => {
      const { state } = await open();

      assert.equal(await state.change("hooks", []), true);

      assert.deepEqual(await state.keys("hooks", ""), []);
    },
  },
  {
    name: "lets a change find what those before it have made of its key",
    run: async ({ open }) => {
      const { state } = await open();
      const twice = async (first: string | undefined, expected: string | undefined): Promise<unknown> => [
        await state.change("hooks", [
          { key: "a", value: first },
          { key: "a", value: `${first} then`, expected },
        ]),
        await valueOf(state, "hooks", "a"),
      ];

      assert.deepEqual(await twice("1", "1"), [true, "1 then"]);
      assert.deepEqual(await twice("2", "1 then"), [false, "1 then"]);
      assert.deepEqual(await twice(undefined, "1 then"), [false, "1 then"]);
      assert.deepEqual(await twice(undefined, undefined), [true, "undefined then"]);
    },
  },
  {
    name: "expects nothing of the values of another plugin",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "graph", "a", "1");

      assert.equal(await state.change("hooks", [{ key: "a", value: "2", expected: "1" }]), false);
      assert.equal(await state.change("hooks", [{ key: "a", value: "2", expected: undefined }]), true);

      assert.deepEqual([await valueOf(state, "graph", "a"), await valueOf(state, "hooks", "a")], ["1", "2"]);
    },
  },
  {
    name: "makes one of the changes that are asked for at once, each expecting the same",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "0");

      const answers = await Promise.all(
        ["1", "2", "3"].map((value) => state.change("hooks", [{ key: "a", value, expected: "0" }])),
      );

      assert.equal(answers.filter(Boolean).length, 1);
      assert.equal(await valueOf(state, "hooks", "a"), `${answers.indexOf(true) + 1}`);
    },
  },
  {
    name: "loses no change of a counter that 100 change at once",
    run: async ({ open }) => {
      const { state } = await open();

      await Promise.all(Array.from({ length: 100 }, () => countUp(state, "a", { tries: 1_000 })));

      assert.equal(await valueOf(state, "hooks", "a"), "100");
    },
  },
  {
    name: "gives the values of several keys as of one moment while they are changed",
    run: async ({ open }) => {
      const { state } = await open();
      const keys = ["a", "b"];

      const values = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const changing = state.change(
            "hooks",
            keys.map((key) => ({ key, value: `${n}` })),
          );
          const found = state.get("hooks", keys);
          await changing;
          return found;
        }),
      );

      for (const [a, b] of values) assert.equal(a, b);
    },
  },
];
