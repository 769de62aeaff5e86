import { inspect } from "node:util";
import { createBus, defineSink, defineSource } from "@bus/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { anything, errorOf } from "../host/builders.ts";

interface Endpoints {
  add(url: string): number;
}
const urls: string[] = [];
const api: Endpoints = { add: (url) => urls.push(url) };
const hooks = defineSink({ name: "hooks", options: z.undefined(), create: () => ({ deliver: () => [], api }) });
const port = defineSource({
  name: "port",
  options: z.undefined(),
  create: () => ({ start: () => undefined, api: { port: 80 } }),
});

function aBus() {
  const [sinks, sources] = [{ hooks: hooks(undefined) }, { in: port(undefined) }];
  return createBus({ name: "test", events: anything, sinks, sources });
}

describe("bus.sinks and bus.sources", () => {
  it("are the plugins' own APIs, typed, once the bus has started", async () => {
    const bus = aBus();
    await bus.start();

    expect(bus.sinks.hooks.add("https://example.org")).toBe(1);
    expect(bus.sources.in.port).toBe(80);
    expectTypeOf(bus.sinks.hooks).toEqualTypeOf<Endpoints>();
    expectTypeOf(bus.sources.in.port).toBeNumber();

    await bus.stop();
    expect(bus.sinks.hooks).toBe(api);
  });

  it("say before that that the bus has not started", async () => {
    const bus = aBus();

    const [ofSink, ofSource] = [await errorOf(() => bus.sinks.hooks.add("")), await errorOf(() => bus.sources.in)];

    expect(ofSink).toMatchObject({
      code: "BUS_NOT_RUNNING",
      message: "bus.sinks.hooks needs a running bus, and this one is idle: call it after start() and before stop().",
    });
    expect(ofSource).toMatchObject({ code: "BUS_NOT_RUNNING", message: expect.stringContaining("bus.sources.in") });
  });

  it("list the plugins, and take nothing in", () => {
    const bus = aBus();

    expect(Object.keys(bus.sinks)).toEqual(["hooks"]);
    expect(() => Object.assign(bus.sinks, { hooks: 1 })).toThrow(TypeError);
  });

  it("show no options when they are printed: there may be secrets among them", () => {
    const options = z.object({ secret: z.string() });
    const sink = defineSink({ name: "hooks", options, create: () => ({ deliver: () => [] }) })({ secret: "s3cret" });
    const source = defineSource({ name: "in", options, create: () => ({ start: () => undefined }) })({
      secret: "s3cret",
    });

    expect(inspect([sink, source], { depth: 30 }) + JSON.stringify([sink, source])).not.toContain("s3cret");
  });
});
