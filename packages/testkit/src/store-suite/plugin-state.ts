import assert from "node:assert/strict";
import type { StoreTest } from "./store-test.ts";
import { JSON_TEXTS, LOOKALIKES } from "./texts.ts";

export const pluginState: readonly StoreTest[] = [
  {
    name: "gives the value that was last set",
    run: async ({ open }) => {
      const { state } = await open();
      assert.equal(await state.get("hooks", "a"), undefined);

      await state.set("hooks", "a", "1");
      await state.set("hooks", "b", "2");
      await state.set("hooks", "a", "3");

      assert.deepEqual([await state.get("hooks", "a"), await state.get("hooks", "b")], ["3", "2"]);
    },
  },
  {
    name: "forgets a value that was deleted, and minds not if there is none",
    run: async ({ open }) => {
      const { state } = await open();
      await state.set("hooks", "a", "1");
      await state.set("hooks", "b", "2");

      await state.delete("hooks", "a");
      await state.delete("hooks", "a");
      await state.delete("nobody", "a");

      assert.deepEqual([await state.get("hooks", "a"), await state.get("hooks", "b")], [undefined, "2"]);
      assert.deepEqual(await state.keys("hooks", ""), ["b"]);
    },
  },
  {
    name: "keeps the values of one plugin from those of another",
    run: async ({ open }) => {
      const { state } = await open();
      await state.set("hooks", "a", "1");
      await state.set("graph", "a", "2");
      await state.set("hooks/a", "b", "3");
      await state.set("hooks", "a/b", "4");

      await state.delete("graph", "a");

      assert.deepEqual(
        [
          await state.get("hooks", "a"),
          await state.get("graph", "a"),
          await state.get("hooks/a", "b"),
          await state.get("hooks", "a/b"),
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
      for (const key of ["b/2", "a", "b", "b/10", "B/1", "c/b/", "b/1"]) await state.set("hooks", key, "1");

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
      for (const prefix of ["a", ...prefixes]) await state.set("hooks", `${prefix}/key`, "1");

      for (const prefix of prefixes) assert.deepEqual(await state.keys("hooks", prefix), [`${prefix}/key`]);
    },
  },
  {
    name: "lists keys whatever follows the prefix",
    run: async ({ open }) => {
      const { state } = await open();
      const keys = LOOKALIKES.map((text) => `key/${text}`);
      for (const key of keys) await state.set("hooks", key, "1");

      assert.deepEqual(new Set(await state.keys("hooks", "key/")), new Set(keys));
    },
  },
  {
    name: "tells keys and plugins apart, whatever is in their names",
    run: async ({ open }) => {
      const { state } = await open();
      for (const [n, text] of LOOKALIKES.entries()) {
        await state.set("hooks", text, `${n}`);
        await state.set(text, "key", `${n}`);
      }

      for (const [n, text] of LOOKALIKES.entries()) {
        assert.deepEqual([await state.get("hooks", text), await state.get(text, "key")], [`${n}`, `${n}`], text);
      }
    },
  },
  {
    name: "keeps the values of plugins as they were given",
    run: async ({ open }) => {
      const { state } = await open();
      for (const [key, value] of JSON_TEXTS) await state.set("hooks", key, value);

      for (const [key, value] of JSON_TEXTS) assert.equal(await state.get("hooks", key), value, key);
    },
  },
  {
    name: "keeps the values of plugins while it is closed",
    run: async ({ open }) => {
      const store = await open();
      await store.state.set("hooks", "a", "1");
      await store.state.set("hooks", "b", "2");
      await store.state.delete("hooks", "b");

      await store.close();
      await store.open();

      assert.deepEqual([await store.state.get("hooks", "a"), await store.state.keys("hooks", "")], ["1", ["a"]]);
    },
  },
];
