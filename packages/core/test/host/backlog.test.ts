import { delivered, memoryStore } from "@bus/core";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { aThingBus, errorOf } from "./builders.ts";

/** A bus whose sink delivers one at a time, each when it is told to. */
async function aFullBus(onFull: "reject" | "wait") {
  const maxBacklog = 2;
  const store = memoryStore();
  const got: unknown[] = [];
  const held: (() => void)[] = [];
  const { bus, clock } = await aThingBus(
    { onFull, maxBacklog, store, stopTimeoutMs: 100 },
    {
      deliver: async ([delivery]) => {
        got.push(delivery?.event.data);
        await new Promise<void>((resolve) => held.push(resolve));
        return [delivered()];
      },
    },
  );
  const stored: unknown[] = [];
  const publish = async (data: unknown): Promise<void> => {
    await bus.publish("thing.done", data, { key: "k" });
    stored.push(data);
  };
  for (let n = 1; n <= maxBacklog; n += 1) await publish(n);
  const finishOne = async (): Promise<void> => {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    held.shift()?.();
    await clock.settled();
  };
  return { bus, clock, store, got, stored, publish, finishOne };
}

describe("a full backlog", () => {
  it("refuses what is published, stores nothing of it, and tells no listener", async () => {
    const { bus, publish, finishOne } = await aFullBus("reject");
    const heard: unknown[] = [];
    bus.on("**", (event) => heard.push(event.data));

    const error = await errorOf(() => publish(3));
    const many = await errorOf(() => bus.publishMany([{ type: "thing.done", data: 4 }]));

    expect(error).toMatchObject({
      code: "BUS_BACKLOG_FULL",
      message: 'The backlog holds its maximum of 2 deliveries: raise maxBacklog, or publish with onFull: "wait".',
    });
    expect(many).toMatchObject({ code: "BUS_BACKLOG_FULL" });
    expect(heard).toEqual([]);
    await finishOne();
    await expect(publish(5)).resolves.toBeUndefined();
    expect(heard).toEqual([5]);
  });

  it("lets publish wait for room, and keeps the order", async () => {
    const { got, stored, publish, finishOne } = await aFullBus("wait");
    const publishing = [3, 4, 5].map(publish);

    await nextTurn();
    expect(stored).toEqual([1, 2]);
    await finishOne();
    expect(stored).toEqual([1, 2, 3]);
    for (let n = 0; n < 4; n += 1) await finishOne();
    await Promise.all(publishing);

    expect(stored).toEqual([1, 2, 3, 4, 5]);
    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  it("lets no publish that came later and would fit overtake one that waits", async () => {
    const { bus, got, stored, publish, finishOne } = await aFullBus("wait");
    const pair = [3, 4].map((data) => ({ type: "thing.done" as const, data, key: "k" }));
    const publishing = bus.publishMany(pair);
    await nextTurn();

    await finishOne();
    const later = publish(5);
    await nextTurn();
    expect(stored).toEqual([1, 2]);
    for (let n = 0; n < 4; n += 1) await finishOne();
    await Promise.all([publishing, later]);

    expect(got).toEqual([1, 2, 3, 4, 5]);
  });

  it("takes room that another process made, of which nobody tells", async () => {
    const { bus, clock, store, stored, publish } = await aFullBus("wait");
    const { items } = await bus.deliveries.list({ state: "pending" });
    const publishing = publish(3);
    await nextTurn();

    await store.discard({ id: String(items[0]?.id) }, { limit: 1, now: clock.steady() });
    await clock.advance(999);
    expect(stored).toEqual([1, 2]);
    await clock.advance(1);
    await publishing;

    expect(stored).toEqual([1, 2, 3]);
  });

  it("does not make a batch wait that could never fit", async () => {
    const { bus } = await aFullBus("wait");
    const entries = [3, 4, 5].map((data) => ({ type: "thing.done" as const, data }));

    await expect(bus.publishMany(entries)).rejects.toMatchObject({ code: "BUS_BACKLOG_FULL" });
  });

  it("refuses those who wait when the bus stops", async () => {
    const { bus, clock, stored, publish } = await aFullBus("wait");
    const waiting = [3, 4].map((data) => errorOf(() => publish(data)));
    await nextTurn();

    const stopping = bus.stop();
    const errors = await Promise.all(waiting);
    await clock.advance(1_000);
    await stopping;

    expect(errors).toMatchObject([{ code: "BUS_NOT_RUNNING" }, { code: "BUS_NOT_RUNNING" }]);
    expect(String(errors[0])).toContain("A publish that waited for room needs a running bus, and this one is stopping");
    expect(stored).toEqual([1, 2]);
    expect(clock.timers).toBe(0);
  });

  it("does not hold what goes to listeners only", async () => {
    const { bus } = await aThingBus({ maxBacklog: 0, routes: [] });

    await expect(bus.publish("thing.done", 1)).resolves.toMatchObject({ data: 1 });
  });
});
