import assert from "node:assert/strict";
import type { StateStore } from "@bus/core";
import { countUp, deleteValue, setValue, valueOf } from "./builders.ts";
import type { StoreTest } from "./store-test.ts";

async function countUpInTurn(state: StateStore, key: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await countUp(state, key, { tries: 1_000 });
}

/** Of plugin state, in stores that share what a directory holds. */
export const sharedState: readonly StoreTest[] = [
  {
    name: "shares the plugin state among connections",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await setValue(one.state, "hooks", "a", "1");
      assert.equal(await valueOf(other.state, "hooks", "a"), "1");

      await setValue(other.state, "hooks", "a", "2");
      assert.equal(await valueOf(one.state, "hooks", "a"), "2");
      await setValue(one.state, "hooks", "a", "3");
      await setValue(one.state, "hooks", "b", "1");
      await deleteValue(other.state, "hooks", "b");

      assert.deepEqual(
        [await valueOf(other.state, "hooks", "a"), await valueOf(one.state, "hooks", "b")],
        ["3", undefined],
      );
      assert.deepEqual(await other.state.keys("hooks", ""), ["a"]);
    },
  },
  {
    name: "makes a change only while what another connection wrote is what it expects",
    needs: "durable",
    run: async ({ open }) => {
      const [one, other] = [await open(), await open()];
      await setValue(one.state, "hooks", "a", "1");
      await setValue(other.state, "hooks", "a", "2");

      const isMade = await one.state.change("hooks", [{ key: "a", value: "3", expected: "1" }]);
      assert.deepEqual([isMade, await valueOf(other.state, "hooks", "a")], [false, "2"]);
      const isMadeThen = await one.state.change("hooks", [{ key: "a", value: "3", expected: "2" }]);

      assert.deepEqual([isMadeThen, await valueOf(other.state, "hooks", "a")], [true, "3"]);
    },
  },
  {
    name: "makes one of the changes that two connections ask for at once, each expecting the same",
    needs: "durable",
    run: async ({ open }) => {
      const stores = [await open(), await open()];

      for (const key of ["a", "b", "c", "d", "e"]) {
        const changes = stores.map(({ state }, n) =>
          state.change("hooks", [{ key, value: `${n}`, expected: undefined }]),
        );
        const answers = await Promise.all(changes);

        assert.equal(answers.filter(Boolean).length, 1);
        assert.equal(await valueOf(stores[0]!.state, "hooks", key), `${answers.indexOf(true)}`);
      }
    },
  },
  {
    name: "loses no change of a counter that two processes change at once",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const here = await open();
      const { store: there } = await elsewhere();

      await Promise.all([here, there, here, there].map(({ state }) => countUpInTurn(state, "a", 25)));

      assert.deepEqual(
        [await valueOf(here.state, "hooks", "a"), await valueOf(there.state, "hooks", "a")],
        ["100", "100"],
      );
    },
  },
  {
    name: "gives the values of several keys as of one moment while another process changes them",
    needs: "durable",
    run: async ({ open, elsewhere }) => {
      const { state } = await open();
      const { store: there } = await elsewhere();
      // What lies between takes time to read.
      const keys = ["first", ...Array.from({ length: 500 }, (_, n) => `between/${n}`), "last"];

      for (let n = 0; n < 200; n += 1) {
        const value = `${n}`;
        const changing = there.state.change("hooks", [
          { key: "first", value },
          { key: "last", value },
        ]);
        const values = await state.get("hooks", keys);
        await changing;

        assert.equal(values[0], values.at(-1));
      }
    },
  },
];
