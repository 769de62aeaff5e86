import { runInNewContext } from "node:vm";
import { BusError, createBus, LOGGER, provide, type Logger } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aThingBus, anything, started } from "./builders.ts";

const events = { "order.paid": z.number(), "order.sent": z.number(), "user.order.paid": z.number() };

async function anOrderBus() {
  return started(createBus({ name: "shop", events }));
}

function aLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (_: object, message: string): void => void lines.push(message);
  return { lines, debug: write, info: write, warn: write, error: write };
}

describe("bus.on", () => {
  it.each([
    ["order.paid", ["order.paid"]],
    ["order.*", ["order.paid", "order.sent"]],
    ["**", ["order.paid", "order.sent", "user.order.paid"]],
    ["**.paid", ["order.paid", "user.order.paid"]],
    [
      ["order.*", "*.paid", "order.paid"],
      ["order.paid", "order.sent"],
    ],
  ] as const)("hears of %s", async (pattern, expected) => {
    const bus = await anOrderBus();
    const heard: string[] = [];
    bus.on(pattern as "order.*", (event) => heard.push(event.type));

    for (const type of ["order.paid", "order.sent", "user.order.paid"] as const) await bus.publish(type, 1);

    expect(heard).toEqual(expected);
  });

  it("calls listeners before publish resolves, in the order in which they were added", async () => {
    const bus = await anOrderBus();
    const heard: string[] = [];
    bus.on("order.paid", () => heard.push("first"));
    bus.on("**", () => heard.push("second"));
    bus.on("order.*", () => heard.push("third"));

    await bus.publish("order.paid", 1);

    expect(heard).toEqual(["first", "second", "third"]);
  });

  it("ends for the one listener, once and for all its types, when its return value is called", async () => {
    const bus = await anOrderBus();
    const heard: string[] = [];
    const off = bus.on("**", () => heard.push("gone"));
    bus.on("**", () => heard.push("stays"));

    off();
    off();
    await bus.publish("order.paid", 1);
    await bus.publish("order.sent", 1);

    expect(heard).toEqual(["stays", "stays"]);
  });

  it("may be called before start, and hears nothing twice for a function given twice on one pattern", async () => {
    const bus = createBus({ name: "shop", events });
    const heard: number[] = [];
    const listener = ({ data }: { data: number }): number => heard.push(data);
    const off = bus.on("order.paid", listener);
    bus.on("order.paid", listener);
    await started(bus);

    await bus.publish("order.paid", 1);
    off();
    await bus.publish("order.paid", 2);

    expect(heard).toEqual([1, 1, 2]);
  });
});

describe("a listener that fails", () => {
  const foreignPromise = (): Promise<never> => runInNewContext('Promise.reject(new Error("boom"))');

  it.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "throws no error",
      () => {
        throw "boom";
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
    ["rejects with a promise of another realm", foreignPromise],
  ])("and %s harms neither publish, nor other listeners, nor deliveries, and is reported", async (_, fail) => {
    const { bus, clock, received } = await aThingBus();
    const errors: BusError[] = [];
    const heard: unknown[] = [];
    bus.events.on("error", (error) => errors.push(error));
    bus.on("**", fail);
    bus.on("**", (event) => heard.push(event.data));

    await expect(bus.publish("thing.done", 1)).resolves.toMatchObject({ data: 1 });
    await clock.settled();

    expect(heard).toEqual([1]);
    expect(received.map(({ data }) => data)).toEqual([1]);
    expect(errors).toHaveLength(1);
    expect(BusError.is(errors[0], "BUS_LISTENER_FAILED")).toBe(true);
    expect(errors[0]).toMatchObject({ message: 'A listener of "thing.done" failed: see the cause.' });
    expect(String(errors[0]?.cause)).toContain("boom");
  });

  it("is logged even if nobody listens to the signals", async () => {
    const logger = aLogger();
    const bus = await started(createBus({ name: "test", events: anything, provide: [provide(LOGGER, logger)] }));
    bus.on("**", () => {
      throw new Error("boom");
    });

    await bus.publish("thing.done", 1);

    expect(logger.lines).toEqual(['A listener of "thing.done" failed: see the cause.']);
  });
});

describe("bus.events", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    ["rejects", () => Promise.reject(new Error("boom"))],
  ])("tells the others when one of its listeners %s, and logs it", async (_, fail) => {
    const logger = aLogger();
    const { bus } = await aThingBus({ provide: [provide(LOGGER, logger)] });
    const told: unknown[] = [];
    bus.events.on("published", fail as () => void).on("published", (event) => told.push(event.data));

    await bus.publish("thing.done", 1);

    expect(told).toEqual([1]);
    await expect.poll(() => logger.lines).toEqual(['A listener of bus.events "published" failed.']);
  });

  it("tells a listener given to once a single time, and none after off", async () => {
    const { bus } = await aThingBus();
    const told: unknown[] = [];
    const gone = (): void => void told.push("gone");
    bus.events.once("published", ({ data }) => void told.push(data));
    bus.events.on("published", gone).once("published", gone);
    bus.events.off("published", gone);

    await bus.publish("thing.done", 1);
    await bus.publish("thing.done", 2);

    expect(told).toEqual([1]);
  });
});
