import assert from "node:assert/strict";
import type { StateChange } from "@bus/core";
import { deleteValue, setValue, valueOf } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";
import { JSON_TEXTS, LOOKALIKES } from "./texts.ts";

export const pluginState: readonly StoreTest[] = [
  {
    name: "gives the value that was last set",
    run: async ({ open }) => {
      const { state } = await open();
      assert.equal(await valueOf(state, "hooks", "a"), undefined);

      await setValue(state, "hooks", "a", "1");
      await setValue(state, "hooks", "b", "2");
      await setValue(state, "hooks", "a", "3");

      assert.deepEqual([await valueOf(state, "hooks", "a"), await valueOf(state, "hooks", "b")], ["3", "2"]);
    },
  },
  {
    name: "gives the values of several keys in the order asked for, as often as asked for",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");
      await setValue(state, "hooks", "b", "2");
      await setValue(state, "graph", "c", "3");

      assert.deepEqual(await state.get("hooks", ["b", "c", "a", "b"]), ["2", undefined, "1", "2"]);
    },
  },
  {
    name: "gives no value where none is asked for",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");

      assert.deepEqual([await state.get("hooks", []), await state.get("nobody", [])], [[], []]);
    },
  },
  {
    name: "gives and changes the values of 1,000 keys at once",
    run: async ({ open }) => {
      const { state } = await open();
      const keys = Array.from({ length: 1_000 }, (_, n) => `key/${n}`);
      const valuesOf = (prefix: string): readonly string[] => keys.map((key) => `"${prefix} ${key}"`);
      const changesTo = (prefix: string): readonly StateChange[] =>
        valuesOf(prefix).map((value, n) => ({ key: keys[n]!, value }));
      await state.change("hooks", changesTo("old"));

      const isChanged = await state.change("hooks", changesTo("new"));

      assert.equal(isChanged, true);
      assert.deepEqual(await state.get("hooks", keys), valuesOf("new"));
    },
  },
  {
    name: "forgets a value that was deleted, and minds not if there is none",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");
      await setValue(state, "hooks", "b", "2");

      await deleteValue(state, "hooks", "a");
      await deleteValue(state, "hooks", "a");
      await deleteValue(state, "nobody", "a");

      assert.deepEqual([await valueOf(state, "hooks", "a"), await valueOf(state, "hooks", "b")], [undefined, "2"]);
      assert.deepEqual(await state.keys("hooks", ""), ["b"]);
    },
  },
  {
    name: "keeps the values of one plugin from those of another",
    run: async ({ open }) => {
      const { state } = await open();
      await setValue(state, "hooks", "a", "1");
      await setValue(state, "graph", "a", "2");
      await setValue(state, "hooks/a", "b", "3");
      await setValue(state, "hooks", "a/b", "4");

      await deleteValue(state, "graph", "a");

      assert.deepEqual(
        [
          await valueOf(state, "hooks", "a"),
          await valueOf(state, "graph", "a"),
          await valueOf(state, "hooks/a", "b"),
          await valueOf(state, "hooks", "a/b"),
        ],
        ["1", undefined, "3", "4"],
      );
      assert.deepEqual(
        [await state.keys("hooks", ""), await state.keys("graph", ""), await state.keys("hooks/a", "")],
        [["a", "a/b"], [], ["b"]],
      );
    },
  },
  {
    name: "lists the keys that begin with a prefix, sorted",
    run: async ({ open }) => {
      const { state } = await open();
      for (const key of ["b/2", "a", "b", "b/10", "B/1", "c/b/", "b/1"]) await setValue(state, "hooks", key, "1");

      assert.deepEqual(await state.keys("hooks", "b/"), ["b/1", "b/10", "b/2"]);
      assert.deepEqual(await state.keys("hooks", ""), ["B/1", "a", "b", "b/1", "b/10", "b/2", "c/b/"]);
      assert.deepEqual(await state.keys("hooks", "d"), []);
    },
  },
  {
    name: "takes a prefix of keys as it is written, wildcards included",
    run: async ({ open }) => {
      const { state } = await open();
      const prefixes = ["%", "_", "*", "?", "[a]", "\\", "'", "^"];
      for (const prefix of ["a", ...prefixes]) await setValue(state, "hooks", `${prefix}/key`, "1");

      for (const prefix of prefixes) assert.deepEqual(await state.keys("hooks", prefix), [`${prefix}/key`]);
    },
  },
  {
    name: "lists keys whatever follows the prefix",
    run: async ({ open }) => {
      const { state } = await open();
      const keys = LOOKALIKES.map((text) => `key/${text}`);
      for (const key of keys) await setValue(state, "hooks", key, "1");

      assert.deepEqual(new Set(await state.keys("hooks", "key/")), new Set(keys));
    },
  },
  {
    name: "tells keys and plugins apart, whatever is in their names",
    run: async ({ open }) => {
      const { state } = await open();
      for (const [n, text] of LOOKALIKES.entries()) {
        await setValue(state, "hooks", text, `${n}`);
        await setValue(state, text, "key", `${n}`);
      }

      for (const [n, text] of LOOKALIKES.entries()) {
        assert.deepEqual(
          [await valueOf(state, "hooks", text), await valueOf(state, text, "key")],
          [`${n}`, `${n}`],
          text,
        );
      }
    },
  },
  {
    name: "keeps the values of plugins as they were given",
    run: async ({ open }) => {
      const { state } = await open();
      for (const [key, value] of JSON_TEXTS) await setValue(state, "hooks", key, value);

      for (const [key, value] of JSON_TEXTS) assert.equal(await valueOf(state, "hooks", key), value, key);
    },
  },
  {
    name: "keeps the values of plugins while it is closed",
    run: async ({ open }) => {
      const store = await open();
      await setValue(store.state, "hooks", "a", "1");
      await setValue(store.state, "hooks", "b", "2");
      await deleteValue(store.state, "hooks", "b");

      await store.close();
      await store.open();

      assert.deepEqual([await valueOf(store.state, "hooks", "a"), await store.state.keys("hooks", "")], ["1", ["a"]]);
    },
  },
];
