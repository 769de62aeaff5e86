import { defineSink, delivered, type SinkPlugin } from "@bus/core";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { kgPushEvents } from "../src/index.ts";
import { aPushOf, aPushSource, aTagsEvent, FACES } from "./a-push-source.ts";
import { aFaultyStore, failOnce } from "./stores.ts";

const PUSH = aPushOf(aTagsEvent(), { event: { type: "other" } });

function aStuckSink(gate: Promise<void>): SinkPlugin<undefined, undefined> {
  const create = () => ({
    deliver: async (batch: readonly unknown[]) => {
      await gate;
      return batch.map(() => delivered());
    },
  });
  return defineSink({ name: "stuck", options: z.undefined(), create })(undefined);
}

describe.each(FACES)("a push to the %s face", (face) => {
  it("is put off while the backlog is full, and taken when there is room", async () => {
    const gate = Promise.withResolvers<void>();
    const sinks = { stuck: aStuckSink(gate.promise) };
    const { push, published, logged, clock } = await aPushSource({ face, bus: { maxBacklog: 2, sinks } });
    await push(aPushOf({ event: { type: "a" } }));

    const full = await push(PUSH);
    gate.resolve();
    const later = await vi.waitFor(async () => {
      await clock.settled();
      const answer = await push(PUSH);
      expect(answer.status).toBe(200);
      return answer;
    });

    expect([full.status, full.headers.get("retry-after"), full.json.error]).toEqual([503, "10", "unavailable"]);
    expect(later.json).toEqual({ status: "success" });
    expect(published).toHaveLength(3);
    expect(logged[0]).toMatchObject({ level: "warn", fields: { err: { code: "BUS_BACKLOG_FULL" } } });
  });

  it("that came before is put off when the store cannot be read, and known when it comes again", async () => {
    const faulty = aFaultyStore();
    const { push, bus, logged } = await aPushSource({ face, store: faulty.store });
    await push(PUSH);
    failOnce(faulty, "get", 1, "before");

    const answers = [await push(PUSH), await push(PUSH)];

    expect(answers.map(({ status }) => status)).toEqual([503, 200]);
    expect((await bus.deliveries.stats()).events).toBe(2);
    expect(logged).toMatchObject([{ level: "error", message: expect.stringContaining("put off") }]);
  });

  it.each([
    ["cannot be claimed in", "change", 1, "before"],
    ["fails once it was claimed in", "change", 1, "after"],
    ["cannot append", "append", 1, "before"],
    ["fails once it has appended", "append", 1, "after"],
  ] as const)("is put off when the store %s, and taken once when it comes again", async (_case, call, number, when) => {
    const faulty = aFaultyStore();
    const { push, published, logged, bus } = await aPushSource({ face, store: faulty.store });
    await faulty.store.state.keys("", "");
    failOnce(faulty, call, number, when);

    const answer = await push(PUSH);
    const { events } = await bus.deliveries.stats();
    const again = [await push(PUSH), await push(PUSH)];

    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(answer.text).not.toContain("disk");
    expect(events).toBe(call === "append" && when === "after" ? 2 : 0);
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect((await bus.deliveries.stats()).events).toBe(2);
    expect(published.length).toBe(events === 0 ? 2 : 0);
    expect(logged).toMatchObject([{ level: "error", message: expect.stringContaining("put off") }]);
  });
});

describe("a push", () => {
  it("is put off when the host has not declared its events, and the log names the mend", async () => {
    const { "kg.user_tags": userTags } = kgPushEvents;
    const { push, published, logged } = await aPushSource({ events: { "kg.user_tags": userTags } });

    const answer = await push(PUSH);

    expect([answer.status, published]).toEqual([503, []]);
    expect(logged).toMatchObject([
      {
        level: "error",
        message: expect.stringContaining("Add ...kgPushEvents to the bus's events option."),
        fields: { err: { code: "BUS_EVENT_UNKNOWN" } },
      },
    ]);
  });

  it("is put off when a schema of the host's refuses it, for it is the host's to mend", async () => {
    const { push, logged } = await aPushSource({ events: { ...kgPushEvents, "kg.user_tags": z.never() } });

    expect((await push(PUSH)).status).toBe(503);
    expect(logged).toMatchObject([{ level: "error", fields: { err: { code: "BUS_EVENT_INVALID" } } }]);
  });

  it("whose end cannot be noted is a success, for its events are on the bus, and known by their ids", async () => {
    const faulty = aFaultyStore();
    const { push, published, logged } = await aPushSource({ store: faulty.store });
    failOnce(faulty, "change", 2, "before");

    const answers = [await push(PUSH), await push(PUSH)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(published).toHaveLength(2);
    expect(logged).toMatchObject([{ level: "error", message: "The state did not keep that a push was published." }]);
  });
});
