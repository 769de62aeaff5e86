import { CLOCK, createBus, memoryStore, provide, rejected, retry, type Store } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";
import { z } from "zod";

import { anEvent, aSink, aStartedBus, events, moved, Recording, type StartedBus } from "./a-started-bus.ts";
import { aSharedStore, aStoreWith } from "./a-store.ts";

it("sends a dead letter again under its id, with all its attempts", async () => {
  const { bus, clock, sink, told } = await aStartedBus({
    answers: { a: [retry("503"), retry("503"), retry("503")] },
    policy: { retry: [1_000] },
  });
  await bus.publish("message.created", {}, { id: "a" });
  await clock.advance(10_000);
  const [id = ""] = sink.deliveries.map((delivery) => delivery.id);

  const replayed = await bus.deliveries.replay(id);
  await clock.advance(10_000);

  expect(replayed).toEqual({ count: 1 });
  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  expect(new Set(sink.deliveries.map((delivery) => delivery.id))).toEqual(new Set([id]));
  expect(told("delivered")).toEqual(["a"]);
});

it("replays what a query names, in order, for that sink alone", async () => {
  const clock = virtualClock();
  const other = new Recording();
  const { bus, sink } = await aStartedBus({ clock, others: { crm: aSink({}, clock, other) } });
  await bus.publishMany(events(1_200, { key: "k" }));
  await clock.advance(1_000);

  const replayed = await bus.deliveries.replay({ sink: "hooks", state: "delivered" });
  await clock.advance(1_000);

  const ids = events(1_200).map(({ id }) => id);
  expect(replayed).toEqual({ count: 1_200 });
  expect(sink.received).toEqual([...ids, ...ids]);
  expect(other.received).toEqual(ids);
});

it("replays what was published since a time", async () => {
  const { bus, clock, sink } = await aStartedBus();
  await bus.publishMany([anEvent({ id: "a" })]);
  await clock.advance(10_000);
  const since = clock.now();
  await bus.publishMany([anEvent({ id: "b" })]);
  await clock.settled();

  await bus.deliveries.replay({ sink: "hooks", since });
  await clock.advance(100);

  expect(sink.received).toEqual(["a", "b", "b"]);
});

it("discards what waits and what is dead, and leaves alone what is under way", async () => {
  const { bus, clock, sink } = await aStartedBus({
    answers: { a: [rejected("400")], b: [retry("503")], c: ["hang"] },
  });
  await bus.publishMany([anEvent({ id: "a" }), anEvent({ id: "b", key: "k" }), anEvent({ id: "d", key: "k" })]);
  await bus.publishMany([anEvent({ id: "c" })]);
  await clock.settled();

  const discarded = await bus.deliveries.discard({ sink: "hooks" });
  await clock.advance(60_000);

  expect(discarded).toEqual({ count: 3 });
  expect(sink.received).toEqual(["a", "b", "c", "c"]);
  expect(await bus.deliveries.stats()).toMatchObject({ discarded: 3, delivered: 1, pending: 0, dead: 0 });
});

it("discards one delivery, which lets its followers go", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [retry("503")] } });
  await bus.publishMany([anEvent({ id: "a", key: "k" }), anEvent({ id: "b", key: "k" })]);
  await clock.settled();

  await bus.deliveries.discard(sink.deliveries[0]?.id ?? "");
  await clock.advance(100);

  expect(sink.received).toEqual(["a", "b"]);
});

it("replays what was discarded", async () => {
  const { bus, clock, sink } = await aStartedBus({ answers: { a: [retry("503")] } });
  await bus.publish("message.created", {}, { id: "a" });
  await clock.settled();
  const id = sink.deliveries[0]?.id ?? "";
  await bus.deliveries.discard(id);

  await bus.deliveries.replay(id);
  await clock.advance(100);

  expect(sink.deliveries.map(({ attempt }) => attempt)).toEqual([1, 1]);
});

it("makes what it replays due page by page, not at the end", async () => {
  const { store, reached, letGo } = aStoreThatHoldsPage(3);
  const { bus, clock, sink } = await aStartedBus({ store });
  await publishAll(bus, clock);

  const replayed = bus.deliveries.replay({ sink: "hooks" });
  await reached;
  await clock.advance(1_000);
  const meanwhile = sink.received.length - IDS.length;
  letGo();

  expect(meanwhile).toBe(1_000);
  expect(await replayed).toEqual({ count: IDS.length });
});

it("goes on at the next start with what a stop left", async () => {
  const { store, reached, letGo } = aStoreThatHoldsPage(2);
  const first = await aStartedBus({ store });
  await publishAll(first.bus, first.clock);
  const refused = first.bus.deliveries.replay({ sink: "hooks" }).catch((error: unknown) => error);
  await reached;

  const stopped = first.bus.stop();
  await first.clock.settled();
  letGo();
  await moved(first.clock, stopped);
  expect(await refused).toMatchObject({ code: "BUS_NOT_RUNNING" });
  const second = await aStartedBus({ store, clock: first.clock });
  await second.clock.advance(1_000);

  const again = [...first.sink.received.slice(IDS.length), ...second.sink.received];
  expect(again.toSorted()).toEqual(IDS);
  expect(second.sink.received.length).toBeGreaterThan(1_000);
  expect(second.errors).toEqual([]);
  expect(await store.state.keys("bus:replays", "")).toEqual([]);
});

it("replays nothing twice when it ends between a page and the note of it", async () => {
  const store = memoryStore();
  const first = await aStartedBus({ store: aStoreWith({ state: failingFrom(store, 2) }, store) });
  await publishAll(first.bus, first.clock);
  const refused = first.bus.deliveries.replay({ sink: "hooks" }).catch((error: unknown) => error);
  // The page is done, and what it replayed has ended again; that it was done is nowhere kept.
  await first.clock.advance(500);

  await first.end();
  expect(await refused).toMatchObject({ code: "BUS_NOT_RUNNING" });
  const second = await aStartedBus({ store, clock: first.clock });
  await second.clock.advance(1_000);

  expect(first.sink.received).toHaveLength(IDS.length + 500);
  expect([...first.sink.received.slice(IDS.length), ...second.sink.received].toSorted()).toEqual(IDS);
});

it("reports a store that fails at a replay, and tries again", async () => {
  const store = memoryStore();
  const left = { replay: 3, delete: 2 };
  const { bus, clock, sink, errors } = await aStartedBus({
    store: aStoreWith(
      {
        replay: async (query, page) => {
          if (page.limit > 0 && left.replay-- > 0) throw new Error("disk full");
          return store.replay(query, page);
        },
        state: {
          ...stateOf(store),
          change: async (scope, changes) => {
            const isDelete = changes.some(({ value }) => value === undefined);
            if (isDelete && left.delete-- > 0) throw new Error("disk full");
            return store.state.change(scope, changes);
          },
        },
      },
      store,
    ),
  });
  await publishAll(bus, clock);

  const replayed = await moved(clock, bus.deliveries.replay({ sink: "hooks" }));
  await clock.advance(1_000);

  expect(replayed).toEqual({ count: IDS.length });
  expect(sink.received.slice(IDS.length).toSorted()).toEqual(IDS);
  expect(errors.map(({ code, cause }) => [code, (cause as Error).message])).toEqual(
    Array.from({ length: 5 }, () => ["BUS_STORE_FAILED", "disk full"]),
  );
});

it("goes on when the store fails as the replays left are taken up", async () => {
  const { store, reached, letGo } = aStoreThatHoldsPage(2);
  const first = await aStartedBus({ store });
  await publishAll(first.bus, first.clock);
  const refused = first.bus.deliveries.replay({ sink: "hooks" }).catch((error: unknown) => error);
  await reached;
  const stopped = first.bus.stop();
  await first.clock.settled();
  letGo();
  await moved(first.clock, stopped);
  expect(await refused).toMatchObject({ code: "BUS_NOT_RUNNING" });

  let left = 2;
  const keys: Store["state"]["keys"] = async (scope, prefix) => {
    if (left-- > 0) throw new Error("locked");
    return store.state.keys(scope, prefix);
  };
  const second = await aStartedBus({
    store: aStoreWith({ state: { ...stateOf(store), keys } }, store),
    clock: first.clock,
  });
  await second.clock.advance(10_000);

  expect(second.errors.map(({ code }) => code)).toEqual(["BUS_STORE_FAILED", "BUS_STORE_FAILED"]);
  expect([...first.sink.received.slice(IDS.length), ...second.sink.received].toSorted()).toEqual(IDS);
});

it("tells once of a replay that it cannot read, and goes on with the others", async () => {
  const store = memoryStore();
  const first = await aStartedBus({ store });
  await publishAll(first.bus, first.clock);
  await first.end();
  await store.open();
  const { cursor } = await store.replay({ sink: "hooks" }, { limit: 0, now: 0 });
  const jobs = {
    broken: "{",
    unknown: '{"query":{},"cursor":"?","count":0}',
    good: JSON.stringify({ query: {}, cursor, count: 0 }),
  };
  await store.state.change(
    "bus:replays",
    Object.entries(jobs).map(([key, value]) => ({ key, value })),
  );

  const { clock, sink, errors } = await aStartedBus({ store });
  await clock.advance(600_000);

  expect(sink.received.toSorted()).toEqual(IDS);
  expect(errors.map(({ code }) => code)).toEqual(["BUS_STORE_FAILED", "BUS_STORE_FAILED"]);
  expect(await store.state.keys("bus:replays", "")).toEqual(["broken", "unknown"]);
});

it("rejects, and keeps nothing, when the replay cannot be kept", async () => {
  const store = memoryStore();
  const { bus, clock, sink } = await aStartedBus({ store: aStoreWith({ state: failingFrom(store, 1) }, store) });
  await publishAll(bus, clock);

  const asked = bus.deliveries.replay({ sink: "hooks" });

  await expect(asked).rejects.toMatchObject({ code: "BUS_STORE_FAILED" });
  await clock.advance(1_000);
  expect(sink.received).toEqual(IDS);
});

it("replays nothing twice when two buses do one replay at once", async () => {
  const { store, reached, letGo } = aStoreThatHoldsPage(2, aSharedStore());
  const first = await aStartedBus({ store });
  await publishAll(first.bus, first.clock);
  const asked = first.bus.deliveries.replay({ sink: "hooks" });
  await reached;

  const second = await aStartedBus({ store, clock: first.clock });
  await second.clock.advance(1_000);
  const bySecond = second.sink.received.length;
  letGo();
  await asked;
  await second.clock.advance(5_000);

  expect(bySecond).toBeGreaterThan(0);
  expect([...first.sink.received.slice(IDS.length), ...second.sink.received].toSorted()).toEqual(IDS);
  expect(await store.state.keys("bus:replays", "")).toEqual([]);
});

it("stops, and says so, when a page does not end", async () => {
  const { store, reached, letGo } = aStoreThatHoldsPage(1);
  const clock = virtualClock();
  const bus = createBus({
    name: "test",
    events: { "message.created": z.unknown() },
    store,
    sinks: { hooks: aSink({}, clock) },
    provide: [provide(CLOCK, clock)],
    stopTimeoutMs: 1_000,
  });
  await bus.start();
  await bus.publish("message.created", {});
  const refused = bus.deliveries.replay({ sink: "hooks" }).catch((error: unknown) => error);
  await reached;

  const stopped = moved(clock, bus.stop());

  await expect(stopped).rejects.toThrow("The bus stopped, but a replay did not end cleanly");
  letGo();
  expect(await refused).toMatchObject({ code: "BUS_NOT_RUNNING" });
  expect(clock.timers).toBe(0);
});

const IDS: readonly string[] = events(2_300, {}, "e1")
  .map(({ id = "" }) => id)
  .toSorted();

async function publishAll(bus: StartedBus["bus"], clock: StartedBus["clock"]): Promise<void> {
  await bus.publishMany(IDS.map((id) => anEvent({ id })));
  await clock.advance(1_000);
}

/** A store whose `nth` page of a replay is not begun until it is let go. */
function aStoreThatHoldsPage(
  nth: number,
  store: Store = memoryStore(),
): { store: Store; reached: Promise<void>; letGo: () => void } {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  let pages = 0;
  const replay: Store["replay"] = async (query, page) => {
    if (page.limit > 0 && (pages += 1) === nth) {
      reach();
      await held;
    }
    return store.replay(query, page);
  };
  return { store: aStoreWith({ replay }, store), reached, letGo };
}

/** The store's state, of which the `nth` write and all after it fail. */
function failingFrom(store: Store, nth: number): Store["state"] {
  let writes = 0;
  return {
    ...stateOf(store),
    change: async (scope, changes) => {
      if ((writes += 1) >= nth) throw new Error("disk full");
      return store.state.change(scope, changes);
    },
  };
}

function stateOf({ state }: Store): Store["state"] {
  return {
    get: (scope, keys) => state.get(scope, keys),
    change: (scope, changes) => state.change(scope, changes),
    keys: (scope, prefix) => state.keys(scope, prefix),
  };
}
