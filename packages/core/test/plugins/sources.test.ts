import { setImmediate as nextTurn } from "node:timers/promises";
import {
  createBus,
  defineSink,
  defineSource,
  delivered,
  PUBLISHER,
  type Publisher,
  type Source,
  type SourcePlugin,
} from "@bus/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { aRecorder, errorOf, started } from "../host/builders.ts";

const events = { "tag.added": z.object({ name: z.string(), color: z.string().default("red") }) };

function aSource(source: Source<undefined>): SourcePlugin<undefined> {
  return defineSource({ name: "tags", options: z.undefined(), create: () => source })(undefined);
}

describe("a source", () => {
  it("may publish from its start on: the sinks are ready, and listeners hear of it", async () => {
    const { sink, received } = aRecorder();
    const heard: unknown[] = [];
    const source = aSource({ start: async (publisher) => void (await publisher.publish("tag.added", { name: "a" })) });
    const bus = createBus({ name: "test", events, sinks: { log: sink }, sources: { source } });
    bus.on("**", (event) => heard.push(event.data));

    await started(bus);

    expect(heard).toEqual([{ name: "a", color: "red" }]);
    await expect.poll(() => received.map(({ data }) => data)).toEqual([{ name: "a", color: "red" }]);
  });

  it("is checked at run time like a host", async () => {
    const given = Promise.withResolvers<Publisher>();
    const source = aSource({ start: (publisher) => given.resolve(publisher) });
    await started(createBus({ name: "test", events, sources: { source } }));
    const publisher = await given.promise;

    await expect(publisher.publish("tag.gone", {})).rejects.toMatchObject({ code: "BUS_EVENT_UNKNOWN" });
    await expect(publisher.publish("tag.added", {})).rejects.toMatchObject({ code: "BUS_EVENT_INVALID" });
    await expect(
      publisher.publishMany([
        { type: "tag.added", data: { name: "a" } },
        { type: "tag.added", data: {} },
      ]),
    ).rejects.toMatchObject({ message: expect.stringContaining('"tag.added" (entry 1)') });
  });

  it("is told by its signal that the bus stops, and may finish what it has taken in", async () => {
    const { sink, received } = aRecorder();
    const log: string[] = [];
    let lateError: unknown;
    let publisher: Publisher | undefined;
    const source = aSource({
      start: (given, { signal }) => {
        publisher = given;
        signal.addEventListener("abort", () => log.push("told to stop"));
      },
      stop: async () => {
        log.push("stop");
        await nextTurn();
        await publisher?.publish("tag.added", { name: "last" });
        log.push("stopped");
      },
    });
    const bus = await started(createBus({ name: "test", events, sinks: { log: sink }, sources: { source } }));

    await bus.stop();
    lateError = await errorOf(() => publisher?.publish("tag.added", { name: "late" }));

    expect(log).toEqual(["told to stop", "stop", "stopped"]);
    expect(lateError).toMatchObject({
      code: "BUS_NOT_RUNNING",
      message: "publish() needs a running bus, and this one is stopped: call it after start() and before stop().",
    });
    expect(received.map(({ data }) => data)).not.toContainEqual({ name: "late", color: "red" });
  });

  it("whose publish waits for room when the bus stops is refused at once, so that it can end", async () => {
    const gate = Promise.withResolvers<void>();
    const stuck = defineSink({
      name: "stuck",
      options: z.undefined(),
      create: () => ({
        deliver: async (batch) => {
          await gate.promise;
          return batch.map(() => delivered());
        },
      }),
    });
    let waiting: Promise<unknown> = Promise.resolve();
    const source = aSource({
      start: async (publisher) => {
        await publisher.publish("tag.added", { name: "a" });
        waiting = errorOf(() => publisher.publish("tag.added", { name: "b" }));
      },
      stop: async () => {
        await waiting;
        gate.resolve();
      },
    });
    const sinks = { stuck: stuck(undefined) };
    const options = { name: "test", events, sinks, sources: { source }, maxBacklog: 1 };
    const bus = await started(createBus({ ...options, onFull: "wait" }));

    await bus.stop();

    expect(await waiting).toMatchObject({ code: "BUS_NOT_RUNNING" });
  });

  it("gets a full backlog as a rejection, to tell its caller", async () => {
    const given = Promise.withResolvers<Publisher>();
    const source = aSource({ start: (publisher) => given.resolve(publisher) });
    const sinks = { log: aRecorder().sink };
    await started(createBus({ name: "test", events, sinks, sources: { source }, maxBacklog: 0 }));

    const error = await errorOf(async () => (await given.promise).publish("tag.added", { name: "a" }));

    expect(error).toMatchObject({ code: "BUS_BACKLOG_FULL" });
  });
});

describe("PUBLISHER", () => {
  it("is refused to a sink before the sinks have started, and works from then on", async () => {
    const errors: unknown[] = [];
    const relay = defineSink({
      name: "relay",
      options: z.undefined(),
      deps: { publisher: PUBLISHER },
      create: ({ deps: { publisher } }) => ({
        start: async () => void errors.push(await errorOf(() => publisher.publishMany([]))),
        deliver: () => [],
        api: publisher,
      }),
    });
    const bus = await started(createBus({ name: "test", events, sinks: { relay: relay(undefined) } }));

    expect(errors).toMatchObject([{ code: "BUS_NOT_RUNNING" }]);
    await expect(bus.sinks.relay.publish("tag.added", { name: "a" })).resolves.toMatchObject({ type: "tag.added" });
  });
});
