import { createBus, defineSink, defineSource, memoryStore, STATE, type PluginState, type Store } from "@bus/core";
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
});
