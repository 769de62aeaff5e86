import { BusError, createBus } from "@bus/core";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder, errorOf, started } from "./builders.ts";

const SECRET = "sk-very-secret";

/** The same schema by each library: a default, a transform to a Date, and a field that must be a number. */
const libraries = [
  {
    library: "zod",
    schema: z.object({
      count: z.number(),
      at: z.string().transform((text) => new Date(text)),
      unit: z.string().default("piece"),
    }),
  },
  {
    library: "valibot",
    schema: v.object({
      count: v.number(),
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
      unit: v.optional(v.string(), "piece"),
    }),
  },
  {
    library: "arktype",
    schema: type({ count: "number", at: ["string", "=>", (text) => new Date(text)], unit: "string = 'piece'" }),
  },
];

describe.each(libraries)("an event declared with $library", ({ schema }) => {
  const aBus = () => {
    const { sink, received } = aRecorder();
    return { bus: createBus({ name: "shop", events: { "item.sold": schema }, sinks: { log: sink } }), received };
  };

  it("reaches the publisher, listeners and sinks with defaults and transforms applied", async () => {
    const { bus, received } = aBus();
    const heard: unknown[] = [];
    bus.on("item.sold", (event) => heard.push(event.data));
    await started(bus);

    const event = await bus.publish("item.sold", { count: 2, at: "2026-01-01T00:00:00Z" });

    const output = { count: 2, at: new Date("2026-01-01T00:00:00Z"), unit: "piece" };
    expect(event.data).toEqual(output);
    expect(heard).toEqual([output]);
    await expect.poll(() => received.map(({ data }) => data)).toEqual([{ ...output, at: "2026-01-01T00:00:00.000Z" }]);
  });

  it("is refused with the place of what is wrong, and without its value", async () => {
    const { bus, received } = aBus();
    const heard: unknown[] = [];
    bus.on("item.sold", (event) => heard.push(event));
    await started(bus);

    const error = await errorOf(() => bus.publish("item.sold", { count: SECRET as never, at: "2026-01-01" }));

    expect(BusError.is(error, "BUS_EVENT_INVALID")).toBe(true);
    expect(String(error)).toMatch(/^BusError: The data of "item\.sold" does not fit its schema: count\b.*\.$/);
    expect(String(error)).not.toContain("count: count");
    expect(String(error)).not.toContain(SECRET);
    expect(await bus.deliveries.stats()).toMatchObject({ events: 0 });
    expect([heard, received]).toEqual([[], []]);
  });

  it("is taken as it is by a bus that does not validate", async () => {
    const bus = await started(createBus({ name: "shop", events: { "item.sold": schema }, validate: false }));
    const data = { count: "two", at: 5 };

    const event = await bus.publish("item.sold", data as never);

    expect(event.data).toBe(data);
  });
});

describe("a schema that answers later", () => {
  const taken = new Set(["a@b.c"]);
  const events = { "user.invited": z.string().refine(async (address) => !taken.has(address), "is invited already") };

  it("is waited for", async () => {
    const bus = await started(createBus({ name: "shop", events }));

    await expect(bus.publish("user.invited", "x@y.z")).resolves.toMatchObject({ data: "x@y.z" });
    await expect(bus.publish("user.invited", "a@b.c")).rejects.toMatchObject({
      code: "BUS_EVENT_INVALID",
      message: 'The data of "user.invited" does not fit its schema: is invited already.',
    });
  });

  it("leaves the id as it was given, whatever becomes of the options meanwhile", async () => {
    const bus = await started(createBus({ name: "shop", events }));
    let heard = 0;
    bus.on("user.invited", () => (heard += 1));

    for (let time = 0; time < 2; time += 1) {
      const options: { id?: string } = { id: "same" };
      const published = bus.publish("user.invited", "eve@example.com", options);
      delete options.id;
      await published;
    }

    expect(heard).toBe(1);
  });

  it("leaves no rejection unhandled when another entry is at fault at once", async () => {
    const bus = await started(createBus({ name: "shop", events }));
    const entries = [
      { type: "user.invited", data: "a@b.c" },
      { type: "user.gone", data: "" },
    ];

    await expect(bus.publishMany(entries as never)).rejects.toMatchObject({ code: "BUS_EVENT_UNKNOWN" });
  });

  it("does not let an event in after the bus was stopped", async () => {
    const answer = Promise.withResolvers<boolean>();
    const heard: unknown[] = [];
    const bus = createBus({ name: "shop", events: { "user.invited": z.string().refine(() => answer.promise) } });
    bus.on("user.invited", (event) => heard.push(event));
    await started(bus);
    const publishing = errorOf(() => bus.publish("user.invited", "x@y.z"));

    await bus.stop();
    answer.resolve(true);

    expect(await publishing).toMatchObject({ code: "BUS_NOT_RUNNING" });
    expect(heard).toEqual([]);
  });
});

describe("a schema that throws", () => {
  it.each([
    [
      "at once",
      () => {
        throw new Error("boom");
      },
    ],
    ["later", () => Promise.reject(new Error("boom"))],
    ["by answering nothing", () => undefined],
  ])("%s refuses the data, with the cause", async (_, validate) => {
    const broken = { "~standard": { version: 1, vendor: "own", validate } } as never;
    const bus = await started(createBus({ name: "shop", events: { "item.sold": broken } }));

    const error = await errorOf(() => bus.publish("item.sold", {} as never));

    expect(error).toMatchObject({
      code: "BUS_EVENT_INVALID",
      message: 'The data of "item.sold" does not fit its schema: the schema threw, see the cause.',
      cause: expect.any(Error),
    });
  });
});
