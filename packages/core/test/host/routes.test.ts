import { createBus } from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder, errorOf, started } from "./builders.ts";

const events = {
  "message.created": z.object({ text: z.string(), private: z.boolean().default(false) }),
  "message.deleted": z.object({ id: z.string() }),
};
const message = { text: "hello" };

describe("routes", () => {
  it("send a sink the events of their patterns, each once, and nothing else", async () => {
    const { sink, received } = aRecorder();
    const routes = [{ on: ["message.created", "message.cr*", "message.created"], to: "log" }] as const;
    const bus = await started(createBus({ name: "chat", events, sinks: { log: sink }, routes }));

    await bus.publish("message.created", message);
    await bus.publish("message.deleted", { id: "1" });

    await expect.poll(() => received.map(({ type }) => type)).toEqual(["message.created"]);
    expect(await bus.deliveries.list()).toMatchObject({ items: [{ sink: "log", destination: "default" }] });
  });

  it("that both lead an event to one sink owe it two deliveries", async () => {
    const { sink, received } = aRecorder();
    const bus = createBus({
      name: "chat",
      events,
      sinks: { log: sink },
      routes: [
        { on: "message.*", to: "log" },
        { on: "message.created", to: "log", map: ({ data }) => ({ type: "copy", data: data.text }) },
      ],
    });
    await started(bus);

    await bus.publish("message.created", message);

    await expect.poll(() => received.map(({ type }) => type).toSorted()).toEqual(["copy", "message.created"]);
  });

  it("leave out what where refuses, which sees the output of the schema", async () => {
    const { sink, received } = aRecorder();
    const where = ({ data }: { data: { private: boolean } }): boolean => !data.private;
    const routes = [{ on: "message.created", to: "log", where }] as const;
    const bus = await started(createBus({ name: "chat", events, sinks: { log: sink }, routes }));

    await bus.publish("message.created", { text: "secret", private: true });
    await bus.publish("message.created", { text: "public" });

    await expect.poll(() => bus.deliveries.stats()).toMatchObject({ pending: 0, leased: 0, delivered: 1, skipped: 0 });
    expect(received).toMatchObject([{ data: { text: "public", private: false } }]);
  });

  it("give the sink what map made, and the delivery log both", async () => {
    const { sink, received } = aRecorder();
    const bus = createBus({
      name: "chat",
      events,
      sinks: { log: sink },
      routes: [{ on: "message.created", to: "log", map: ({ data }) => ({ type: "text", data: data.text }) }],
    });
    await started(bus);

    const { id } = await bus.publish("message.created", message, { key: "k" });

    await expect.poll(() => received).toMatchObject([{ id, type: "text", data: "hello", key: "k", source: "chat" }]);
    const { items } = await bus.deliveries.list();
    expect(items).toMatchObject([{ event: { type: "message.created" }, mapped: { type: "text", data: "hello" } }]);
  });

  it("that send an event to several sinks owe each its own", async () => {
    const [one, two] = [aRecorder(), aRecorder()];
    const bus = createBus({
      name: "chat",
      events,
      sinks: { one: one.sink, two: two.sink },
      routes: [
        { on: "**", to: "one" },
        { on: "**", to: "two", map: (event) => ({ type: event.type, data: 2 }) },
      ],
    });
    await started(bus);

    await bus.publish("message.deleted", { id: "1" });

    await expect.poll(() => [one.received[0]?.data, two.received[0]?.data]).toEqual([{ id: "1" }, 2]);
  });

  it("that are an empty list send nothing anywhere", async () => {
    const { sink } = aRecorder();
    const bus = await started(createBus({ name: "chat", events, sinks: { log: sink }, routes: [] }));

    await bus.publish("message.deleted", { id: "1" });

    expect(await bus.deliveries.stats()).toMatchObject({ pending: 0, delivered: 0 });
  });
});

describe("without routes", () => {
  it("each sink gets the types it accepts, and one that says nothing gets all", async () => {
    const picky = aRecorder({ "message.deleted": events["message.deleted"] });
    const open = aRecorder();
    const bus = await started(createBus({ name: "chat", events, sinks: { picky: picky.sink, open: open.sink } }));

    await bus.publish("message.created", message);
    await bus.publish("message.deleted", { id: "1" });

    await expect.poll(() => picky.received.map(({ type }) => type)).toEqual(["message.deleted"]);
    await expect.poll(() => open.received.map(({ type }) => type)).toEqual(["message.created", "message.deleted"]);
  });
});

describe("what a sink accepts", () => {
  const accepted = {
    "message.created": z.object({ text: z.string().max(5), lang: z.string().default("en") }),
    "text.added": z.object({ parts: z.array(z.object({ size: z.number() })) }),
  };

  it("is what it gets, defaults applied, whether or not a route maps", async () => {
    const { sink, received } = aRecorder(accepted);
    const bus = createBus({
      name: "chat",
      events,
      sinks: { log: sink },
      routes: [
        { on: "message.created", to: "log" },
        { on: "message.deleted", to: "log", map: () => ({ type: "message.created" as const, data: { text: "gone" } }) },
      ],
    });
    await started(bus);

    const event = await bus.publish("message.created", message);
    await bus.publish("message.deleted", { id: "1" });

    await expect
      .poll(() => received.map(({ data }) => data))
      .toEqual([
        { text: "hello", lang: "en" },
        { text: "gone", lang: "en" },
      ]);
    expect(event.data).toEqual({ text: "hello", private: false });
  });

  it.each([
    ["the event as it is", undefined, /does not fit sink "log": text: Too big/],
    [
      "what map made",
      () => ({ type: "text.added", data: { parts: [{ size: 1 }, { size: "x" }] } }),
      /does not fit sink "log": parts\[1\]\.size: Invalid input/,
    ],
    ["the type map made", () => ({ type: "text.gone", data: {} }), /sink "log": it does not accept "text\.gone"\./],
  ])("refuses %s at publish, naming sink and field, and stores nothing", async (_, map, message_) => {
    const { sink, received } = aRecorder(accepted);
    const route = { on: "message.created", to: "log", ...(map && { map }) };
    const bus = createBus({ name: "chat", events, sinks: { log: sink }, routes: [route] } as never);
    await started(bus);
    const publish = bus.publish as (type: string, data: unknown) => Promise<unknown>;

    const error = await errorOf(() => publish.call(bus, "message.created", { text: "too long a text" }));

    expect(error).toMatchObject({ code: "BUS_EVENT_INVALID", message: expect.stringMatching(message_) });
    expect(await bus.deliveries.stats()).toMatchObject({ events: 0 });
    expect(received).toEqual([]);
  });

  it("is not checked when the bus does not validate", async () => {
    const { sink, received } = aRecorder(accepted);
    const routes = [{ on: "message.created", to: "log" }] as const;
    const bus = createBus({ name: "chat", events, sinks: { log: sink }, routes, validate: false });
    await started(bus);

    await bus.publish("message.created", { text: "too long a text" });

    await expect.poll(() => received.map(({ data }) => data)).toEqual([{ text: "too long a text" }]);
  });

  it("may be checked by a schema that answers later, without loose ends when another route throws", async () => {
    const slow = aRecorder({ "message.created": z.any().refine(() => Promise.resolve(false), "never fits") });
    const bus = createBus({
      name: "chat",
      events,
      sinks: { slow: slow.sink, log: aRecorder().sink },
      routes: [
        { on: "message.created", to: "slow" },
        {
          on: "message.*",
          to: "log",
          where: ({ data }) => {
            if ("text" in data && data.text === "throw") throw new Error("boom");
            return true;
          },
        },
      ],
    });
    await started(bus);

    await expect(bus.publish("message.created", { text: "throw" })).rejects.toMatchObject({ code: "BUS_ROUTE_FAILED" });
    await expect(bus.publish("message.created", message)).rejects.toMatchObject({
      message: 'The data of "message.created" does not fit sink "slow": never fits.',
    });
  });
});
