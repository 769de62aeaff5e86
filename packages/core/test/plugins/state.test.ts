import {
  createBus,
  defineSink,
  defineSource,
  memoryStore,
  STATE,
  type PluginState,
  type PluginStateChange,
  type Store,
} from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { anything, errorOf } from "../host/builders.ts";

const sink = defineSink({
  name: "keeper",
  options: z.undefined(),
  deps: { state: STATE },
  create: ({ deps }) => ({ deliver: () => [], api: deps.state }),
});
const source = defineSource({
  name: "keeper",
  options: z.undefined(),
  deps: { state: STATE },
  create: ({ deps }) => ({ start: () => undefined, api: deps.state }),
});

async function withStates<T>(
  store: Store,
  use: (states: { a: PluginState; b: PluginState; source: PluginState }) => Promise<T>,
): Promise<T> {
  const sinks = { a: sink(undefined), b: sink(undefined) };
  const bus = createBus({ name: "test", events: anything, store, sinks, sources: { a: source(undefined) } });
  await bus.start();
  try {
    return await use({ a: bus.sinks.a, b: bus.sinks.b, source: bus.sources.a });
  } finally {
    await bus.stop();
  }
}

describe("STATE", () => {
  it("belongs to one plugin of the bus, whatever others are called", async () => {
    await withStates(memoryStore(), async ({ a, b, source: other }) => {
      await a.set("cursor", { page: 7 });
      await b.set("cursor", "b");

      expect(await a.get("cursor")).toEqual({ page: 7 });
      expect(await b.get("cursor")).toBe("b");
      expect(await other.get("cursor")).toBeUndefined();
    });
  });

  it("outlives the bus in its store", async () => {
    const store = memoryStore();

    await withStates(store, ({ a }) => a.set("cursor", 7));

    expect(await withStates(store, ({ a }) => a.get("cursor"))).toBe(7);
  });

  it("lists its keys sorted and forgets what is deleted", async () => {
    await withStates(memoryStore(), async ({ a }) => {
      for (const key of ["b:2", "b:1", "c", "__proto__", ""]) await a.set(key, key);
      await a.delete("c");

      expect(await a.keys("b:")).toEqual(["b:1", "b:2"]);
      expect(await a.keys()).toEqual(["", "__proto__", "b:1", "b:2"]);
      expect(await a.get("__proto__")).toBe("__proto__");
      expect(await a.get("constructor")).toBeUndefined();
    });
  });

  it("gives the values of many keys in their order", async () => {
    await withStates(memoryStore(), async ({ a }) => {
      await a.set("one", 1);
      await a.set("null", null);

      expect(await a.getMany(["null", "none", "one", "null"])).toEqual([null, undefined, 1, null]);
      expect(await a.getMany([])).toEqual([]);
    });
  });

  it("makes all changes while keys hold what is expected, or none", async () => {
    await withStates(memoryStore(), async ({ a }) => {
      await a.set("revision", 1);
      await a.set("old", { n: 1 });
      const changes: readonly PluginStateChange[] = [
        { key: "revision", value: 2, expected: 1 },
        { key: "old", value: undefined, expected: { n: 1 } },
        { key: "new", value: null, expected: undefined },
      ];

      const answers = [await a.change(changes), await a.change(changes)];

      expect(answers).toEqual([true, false]);
      expect(await a.getMany(["revision", "old", "new"])).toEqual([2, undefined, null]);
    });
  });

  it("changes a key whatever it holds where nothing is said to be expected", async () => {
    await withStates(memoryStore(), async ({ a, b }) => {
      await a.set("key", 1);

      expect(await a.change([{ key: "key", value: 2 }])).toBe(true);

      expect([await a.get("key"), await b.get("key")]).toEqual([2, undefined]);
    });
  });

  it("compares values by their JSON text", async () => {
    await withStates(memoryStore(), async ({ a }) => {
      await a.set("key", { n: 1, at: new Date(0) });

      const answers = [
        await a.change([{ key: "key", value: 1, expected: { at: new Date(0), n: 1 } }]),
        await a.change([{ key: "key", value: 2, expected: await a.get("key") }]),
      ];

      expect(answers).toEqual([false, true]);
      expect(await a.get("key")).toBe(2);
    });
  });

  it("hands out copies", async () => {
    await withStates(memoryStore(), async ({ a }) => {
      const value = { n: 1 };
      await a.set("key", value);
      value.n = 2;

      expect(await a.get("key")).toEqual({ n: 1 });
    });
  });

  it.each([
    ["undefined", undefined],
    ["a BigInt", 1n],
    ["a function", () => undefined],
  ])("refuses %s, which has no JSON form, and keeps what it had", async (_, value) => {
    await withStates(memoryStore(), async ({ a }) => {
      await a.set("key", 1);

      const error = await errorOf(() => a.set("key", value));

      expect(error).toMatchObject({
        code: "BUS_OPTION_INVALID",
        message: 'The state "key" of sink:a: its value must have a JSON form.',
      });
      expect(await a.get("key")).toBe(1);
    });
  });

  it.each([
    ["to", { key: "key", value: 1n }, "The state"],
    ["expected", { key: "key", value: 2, expected: () => undefined }, "The expected state"],
  ])("refuses a change %s a value that has no JSON form, and those beside it", async (_, change, place) => {
    await withStates(memoryStore(), async ({ a }) => {
      await a.set("key", 1);

      const error = await errorOf(() => a.change([{ key: "other", value: 1 }, change]));

      expect(error).toMatchObject({
        code: "BUS_OPTION_INVALID",
        message: `${place} "key" of sink:a: its value must have a JSON form.`,
      });
      expect(await a.getMany(["key", "other"])).toEqual([1, undefined]);
    });
  });

  it("refuses to work once the bus has stopped", async () => {
    const stopped = await withStates(memoryStore(), async ({ a }) => a);

    for (const call of [() => stopped.get("key"), () => stopped.set("key", 1), () => stopped.keys()])
      expect(await errorOf(call)).toMatchObject({
        code: "BUS_NOT_RUNNING",
        message: expect.stringContaining("The state of sink:a"),
      });
  });
});
