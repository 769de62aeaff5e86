import { describe, expect, it } from "vitest";

import { memoryStore } from "../../src/store/memory-store.ts";
import type { LaneStatus, LeasedDelivery, LeaseRequest, Settlement, Store } from "../../src/store/store.ts";
import { aDelivery, anEntry, anEvent, anOpenStore, HOOKS } from "./builders.ts";

const NO_BOUND = { maxBacklog: Infinity, now: 0 };
const ALL = { limit: 1000 };

async function leased(store: Store, request: Partial<LeaseRequest> = {}): Promise<readonly LeasedDelivery[]> {
  const { now = 0 } = request;
  const { deliveries } = await store.lease({ lane: HOOKS, limit: 10, perKey: 1, now, until: now + 100, ...request });
  return deliveries;
}

async function leasedIds(store: Store, request: Partial<LeaseRequest> = {}): Promise<readonly string[]> {
  return (await leased(store, request)).map(({ id }) => id);
}

function anEnd({ id, leaseId }: LeasedDelivery, over: Partial<Settlement> = {}): Settlement {
  return { id, leaseId, state: "delivered", ...over };
}

/** Leases everything due and ends it at `now`. */
async function end(store: Store, state: Settlement["state"], now = 0): Promise<void> {
  const deliveries = await leased(store, { perKey: 10, now });
  await store.settle(
    deliveries.map((delivery) => anEnd(delivery, { state })),
    now,
  );
}

describe("opening and closing", () => {
  it.each<[string, (store: Store) => Promise<unknown>]>([
    ["append", (store) => store.append([], NO_BOUND)],
    ["lease", (store) => leased(store)],
    ["settle", (store) => store.settle([], 0)],
    ["expand", (store) => store.expand({ id: "d", leaseId: 1, deliveries: [] }, 0)],
    ["due", (store) => store.due([], 0)],
    ["lanes", (store) => store.lanes()],
    ["setLane", (store) => store.setLane(HOOKS, { state: "active" })],
    ["get", (store) => store.get("d")],
    ["query", (store) => store.query({}, ALL)],
    ["replay", (store) => store.replay({}, { ...ALL, now: 0 })],
    ["discard", (store) => store.discard({}, { ...ALL, now: 0 })],
    ["stats", (store) => store.stats()],
    ["prune", (store) => store.prune({ before: 0, maxBytes: 0, limit: 1 })],
    ["state.get", (store) => store.state.get("s", "k")],
    ["state.set", (store) => store.state.set("s", "k", "1")],
    ["state.delete", (store) => store.state.delete("s", "k")],
    ["state.keys", (store) => store.state.keys("s", "")],
  ])("refuses %s before open and after close", async (_, call) => {
    const store = memoryStore();

    await expect(call(store)).rejects.toMatchObject({ code: "BUS_STORE_CLOSED" });
    await store.open();
    await call(store);
    await store.close();
    await store.close();
    await expect(call(store)).rejects.toMatchObject({ code: "BUS_STORE_CLOSED" });
  });

  it("goes on where it was when opened again, leases included", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    await leased(store, { limit: 1, until: 50 });

    await store.close();
    await store.open();

    expect(await leasedIds(store, { now: 10 })).toEqual(["b"]);
    expect(await leasedIds(store, { now: 50 })).toEqual(["a"]);
  });
});

describe("append", () => {
  it("records an event id once, within a batch and across batches", async () => {
    const store = await anOpenStore([anEntry("a")]);

    const answers = await store.append([anEntry("b"), anEntry("a"), anEntry("b")], NO_BOUND);

    expect(answers).toEqual(["appended", "duplicate", "duplicate"]);
    expect(await store.stats()).toMatchObject({ pending: 2, events: 2 });
  });

  it("refuses a batch that would overfill the backlog, whole, and counts no duplicates", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);

    const full = store.append([anEntry("c"), anEntry("d")], { maxBacklog: 3, now: 0 });
    await expect(full).rejects.toMatchObject({ code: "BUS_BACKLOG_FULL" });

    expect(await store.stats()).toMatchObject({ pending: 2, events: 2 });
    expect(await store.append([anEntry("a"), anEntry("b"), anEntry("c")], { maxBacklog: 3, now: 0 })).toEqual([
      "duplicate",
      "duplicate",
      "appended",
    ]);
  });

  it("makes room in the backlog when deliveries end, not when they are out", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [delivery] = await leased(store);

    await expect(store.append([anEntry("b")], { maxBacklog: 1, now: 0 })).rejects.toMatchObject({
      code: "BUS_BACKLOG_FULL",
    });
    await store.settle([anEnd(delivery!)], 0);

    expect(await store.append([anEntry("b")], { maxBacklog: 1, now: 0 })).toEqual(["appended"]);
  });

  it("knows the id of an event that is owed to nobody until retention forgets it", async () => {
    const store = await anOpenStore();
    const entry = { event: anEvent({ id: "a" }), deliveries: [] };
    await store.append([entry], { maxBacklog: 0, now: 10 });

    expect(await store.append([entry], NO_BOUND)).toEqual(["duplicate"]);
    await store.prune({ before: 11, maxBytes: Infinity, limit: 10 });

    expect(await store.append([entry], NO_BOUND)).toEqual(["appended"]);
  });
});

describe("lease", () => {
  it("gives the whole delivery, with its attempt counted", async () => {
    const mapped = { type: "note", data: "1" };
    const store = await anOpenStore([anEntry("a", { orderKey: "k", mapped }, { data: '{"n":1}' })]);

    const [delivery] = await leased(store);

    expect(delivery).toEqual({
      ...aDelivery({ id: "a", orderKey: "k", mapped }),
      event: anEvent({ id: "a", data: '{"n":1}' }),
      attempt: 1,
      leaseId: expect.any(Number),
    });
    expect(await store.get("a")).toMatchObject({ state: "leased", attempts: 1 });
  });

  it("gives what is longest due first", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    const [first] = await leased(store, { limit: 1 });
    await store.settle([anEnd(first!, { state: "pending", dueAt: 20 })], 0);
    await store.append([anEntry("c")], { maxBacklog: Infinity, now: 10 });

    expect(await leasedIds(store, { now: 30 })).toEqual(["b", "c", "a"]);
  });

  it("has one of a key out at a time, and others beside it", async () => {
    const store = await anOpenStore([
      anEntry("a1", { orderKey: "a" }),
      anEntry("a2", { orderKey: "a" }),
      anEntry("b1", { orderKey: "b" }),
      anEntry("x"),
      anEntry("y"),
    ]);

    const first = await leased(store);

    expect(first.map(({ id }) => id)).toEqual(["a1", "b1", "x", "y"]);
    expect(await leasedIds(store)).toEqual([]);
    await store.settle([anEnd(first[0]!)], 0);
    expect(await leasedIds(store)).toEqual(["a2"]);
  });

  it("gives runs of a key where perKey allows, and the next run when all of it is back", async () => {
    const store = await anOpenStore(["a", "b", "c", "d"].map((id) => anEntry(id, { orderKey: "k" })));

    const [a, b] = await leased(store, { perKey: 2 });
    await store.settle([anEnd(a!)], 0);

    expect(await leasedIds(store, { perKey: 2 })).toEqual([]);
    await store.settle([anEnd(b!)], 0);
    expect(await leasedIds(store, { perKey: 2 })).toEqual(["c", "d"]);
  });

  it("holds back the followers of a retried key, and only those", async () => {
    const store = await anOpenStore([
      anEntry("a", { orderKey: "k" }),
      anEntry("b", { orderKey: "k" }),
      anEntry("c", { orderKey: "l" }),
    ]);
    const [a] = await leased(store, { limit: 1 });

    await store.settle([anEnd(a!, { state: "pending", dueAt: 50 })], 0);

    expect(await leasedIds(store, { now: 49 })).toEqual(["c"]);
    expect(await leasedIds(store, { now: 50, perKey: 2 })).toEqual(["a", "b"]);
  });

  it("ends a run of a key before a delivery that is not due yet", async () => {
    const store = await anOpenStore(["a", "b", "c"].map((id) => anEntry(id, { orderKey: "k" })));
    const [a, b] = await leased(store, { perKey: 2 });
    await store.settle([anEnd(a!, { state: "pending", dueAt: 10 }), anEnd(b!, { state: "pending", dueAt: 20 })], 0);

    expect(await leasedIds(store, { perKey: 3, now: 10 })).toEqual(["a"]);
  });

  it("gives a delivery again when its lease is over, the lost attempt counted", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [lost] = await leased(store, { until: 50 });

    expect(await leased(store, { now: 49 })).toEqual([]);
    const [again] = await leased(store, { now: 50 });

    expect(again).toMatchObject({ id: "a", attempt: 2 });
    expect(again!.leaseId).toBeGreaterThan(lost!.leaseId);
  });

  it.each<[string, LaneStatus]>([
    ["disabled", { state: "disabled", reason: "410" }],
    ["paused by the host", { state: "paused", reason: "host" }],
    ["paused past now", { state: "paused", reason: "503", until: 1000 }],
  ])("gives nothing of a lane that is %s", async (_, status) => {
    const store = await anOpenStore([anEntry("a")]);
    await store.setLane(HOOKS, status);

    expect(await leased(store, { now: 999 })).toEqual([]);
    await store.setLane(HOOKS, { state: "active" });
    expect(await leasedIds(store, { now: 999 })).toEqual(["a"]);
  });

  it("gives one probe of a lane whose pause is over, once nothing else of it is out", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b"), anEntry("c")]);
    const [a] = await leased(store, { limit: 1, until: 1000 });
    await store.setLane(HOOKS, { state: "paused", reason: "503", until: 50 });
    const request = { lane: HOOKS, limit: 10, perKey: 1, now: 50, until: 500 };

    expect((await store.lease(request)).deliveries).toEqual([]);
    await store.settle([anEnd(a!)], 50);
    const probe = await store.lease(request);

    expect(probe).toMatchObject({ isProbe: true, deliveries: [{ id: "b" }] });
    expect(await store.lease(request)).toEqual({ isProbe: false, deliveries: [] });
  });
});

describe("settle", () => {
  it("refuses a lease that was lost, and leaves the delivery as it is", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [lost] = await leased(store, { until: 50 });
    const [held] = await leased(store, { now: 50 });

    expect(await store.settle([anEnd(lost!, { state: "dead" }), anEnd(held!)], 60)).toEqual([false, true]);
    expect(await store.settle([anEnd(held!)], 60)).toEqual([false]);
    expect(await store.get("a")).toMatchObject({ state: "delivered", attempts: 2, endedAt: 60 });
  });

  it("takes the end of an expired lease that nobody took over", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [late] = await leased(store, { until: 50 });

    expect(await store.settle([anEnd(late!)], 90)).toEqual([true]);
  });

  it("takes a free attempt back off the count", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [delivery] = await leased(store);

    await store.settle([anEnd(delivery!, { state: "pending", dueAt: 0, isFree: true, reason: "paused" })], 0);

    expect(await store.get("a")).toMatchObject({ state: "pending", attempts: 0, reason: "paused" });
    expect(await leased(store)).toMatchObject([{ attempt: 1 }]);
  });

  it("keeps the last 20 attempts, and never changes a record it gave", async () => {
    const store = await anOpenStore([anEntry("a")]);
    for (let startedAt = 0; startedAt < 25; startedAt += 1) {
      const [delivery] = await leased(store);
      const attempt = { startedAt, durationMs: 1, outcome: "retry" } as const;
      await store.settle([anEnd(delivery!, { state: "pending", attempt })], 0);
    }

    const before = await store.get("a");
    const copy = structuredClone(before);
    await end(store, "dead");

    expect(before).toEqual(copy);
    expect(before!.history.map(({ startedAt }) => startedAt)).toEqual(Array.from({ length: 20 }, (_, n) => n + 5));
  });
});

describe("expand", () => {
  it("replaces a leased delivery by its destinations, in the order given", async () => {
    const store = await anOpenStore([anEntry("root", { destination: "*" })]);
    const [root] = await leased(store, { lane: { sink: "hooks", destination: "*" } });
    const deliveries = [
      aDelivery({ id: "1", orderKey: "k" }),
      aDelivery({ id: "2", orderKey: "k" }),
      aDelivery({ id: "3", destination: "two" }),
    ];

    expect(await store.expand({ ...root!, deliveries }, 5)).toBe(true);

    expect(await store.get("root")).toBeUndefined();
    expect(await store.lanes()).toMatchObject([
      { destination: "one", unfinished: 2 },
      { destination: "two", unfinished: 1 },
    ]);
    expect(await leased(store, { now: 5, perKey: 9 })).toMatchObject([
      { id: "1", event: { id: "root" }, attempt: 1 },
      { id: "2" },
    ]);
  });

  it("skips a delivery for which there is no destination", async () => {
    const store = await anOpenStore([anEntry("root")]);
    const [root] = await leased(store);

    await store.expand({ ...root!, deliveries: [] }, 5);

    expect(await store.get("root")).toMatchObject({ state: "skipped", endedAt: 5 });
  });

  it("is refused when the lease was lost", async () => {
    const store = await anOpenStore([anEntry("root")]);
    const [lost] = await leased(store, { until: 50 });
    await leased(store, { now: 50 });

    expect(await store.expand({ ...lost!, deliveries: [aDelivery({ id: "1" })] }, 60)).toBe(false);
    expect(await store.get("1")).toBeUndefined();
  });
});

describe("due", () => {
  it("names the lanes of the given sinks that have something now, and when another will", async () => {
    const graph = { sink: "graph", destination: "default" };
    const store = await anOpenStore([anEntry("a"), anEntry("b", { destination: "two" }), anEntry("c", graph)]);
    const [a] = await leased(store);
    await store.settle([anEnd(a!, { state: "pending", dueAt: 70 })], 0);
    await leased(store, { lane: graph, until: 40 });

    expect(await store.due(["hooks"], 10)).toEqual({ lanes: [{ sink: "hooks", destination: "two" }], nextAt: 70 });
    expect(await store.due(["hooks", "graph"], 10)).toMatchObject({ nextAt: 40 });
    expect(await store.due(["graph"], 40)).toEqual({ lanes: [graph], nextAt: undefined });
    expect(await store.due(["none"], 40)).toEqual({ lanes: [], nextAt: undefined });
  });

  it("waits for the end of a pause and of what is out, and for nothing of a lane that is parked", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    await leased(store, { limit: 1, until: 80 });

    await store.setLane(HOOKS, { state: "paused", reason: "503", until: 50 });
    expect(await store.due(["hooks"], 60)).toEqual({ lanes: [], nextAt: 80 });

    await store.setLane(HOOKS, { state: "disabled", reason: "410" });
    expect(await store.due(["hooks"], 60)).toEqual({ lanes: [], nextAt: undefined });
  });
});

describe("query, replay and discard", () => {
  it("filters by every field", async () => {
    const event = { type: "x.y", tenant: "t", time: "2026-02-01T00:00:00.000Z" };
    const store = await anOpenStore([anEntry("a"), anEntry("b", { sink: "graph", destination: "two" }, event)]);

    const queries = [
      { id: "b" },
      { sink: "graph" },
      { destination: "two" },
      { type: "x.y" },
      { tenant: "t" },
      { since: Date.parse(event.time) },
    ];
    for (const query of queries) {
      expect((await store.query(query, ALL)).items.map(({ id }) => id)).toEqual(["b"]);
    }
    expect((await store.query({ id: "b", sink: "hooks" }, ALL)).items).toEqual([]);
    expect((await store.query({ state: "dead" }, ALL)).items).toEqual([]);
  });

  it("pages in order of arrival and ends", async () => {
    const ids = Array.from({ length: 1200 }, (_, n) => `${n}`);
    const store = await anOpenStore(ids.map((id) => anEntry(id)));

    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.query({}, { limit: 100, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(seen).toEqual(ids);
  });

  it("refuses a cursor it did not give", async () => {
    const store = await anOpenStore();

    await expect(store.query({}, { limit: 1, cursor: "x" })).rejects.toMatchObject({ code: "BUS_QUERY_INVALID" });
  });

  it("shows the pending deliveries of a disabled lane as parked", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    await leased(store, { limit: 1 });
    await store.setLane(HOOKS, { state: "disabled", reason: "410" });

    expect((await store.query({ state: "parked" }, ALL)).items).toMatchObject([{ id: "b", state: "parked" }]);
    expect((await store.query({ state: "pending" }, ALL)).items).toMatchObject([{ id: "b", state: "parked" }]);
    expect(await store.stats()).toMatchObject({ pending: 1, parked: 1, leased: 1 });
  });

  it("replays what is finished as new arrivals, and leaves the rest alone", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    const [a] = await leased(store, { limit: 1 });
    const attempt = { startedAt: 0, durationMs: 1, outcome: "rejected" } as const;
    await store.settle([anEnd(a!, { state: "dead", reason: "400", attempt })], 5);

    expect(await store.replay({}, { ...ALL, now: 9 })).toEqual({ count: 1, lanes: [HOOKS] });

    const record = await store.get("a");
    expect(record).toMatchObject({ state: "pending", attempts: 0, history: [attempt], dueAt: 9 });
    expect([record!.endedAt, record!.reason]).toEqual([undefined, undefined]);
    expect((await store.query({}, ALL)).items.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  it("comes to the end of a replay even if what it replays is delivered meanwhile", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b"), anEntry("c")]);
    await end(store, "delivered");

    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await store.replay({ state: "delivered" }, { limit: 2, cursor, now: 0 });
      count += page.count;
      cursor = page.cursor;
      await end(store, "delivered");
    } while (cursor !== undefined);

    expect(count).toBe(3);
  });

  it("discards what is pending, parked or dead, not what is out or delivered", async () => {
    const store = await anOpenStore([anEntry("dead")]);
    await end(store, "dead");
    await store.append([anEntry("delivered")], NO_BOUND);
    await end(store, "delivered");
    await store.append([anEntry("out", { orderKey: "k" }), anEntry("held", { orderKey: "k" })], NO_BOUND);
    const [out] = await leased(store);
    await store.setLane(HOOKS, { state: "disabled", reason: "410" });

    expect(await store.discard({}, { ...ALL, now: 20 })).toEqual({ count: 2 });

    expect(await store.stats()).toMatchObject({ discarded: 2, leased: 1, delivered: 1, pending: 0, parked: 0 });
    expect(await store.get("held")).toMatchObject({ state: "discarded", endedAt: 20 });
    expect(await store.settle([anEnd(out!)], 30)).toEqual([true]);
  });

  it("discards what is out on a lease that is over, and refuses its late end", async () => {
    const store = await anOpenStore([anEntry("a")]);
    const [late] = await leased(store, { until: 50 });

    expect(await store.discard({ id: "a" }, { ...ALL, now: 49 })).toEqual({ count: 0 });
    expect(await store.discard({ id: "a" }, { ...ALL, now: 50 })).toEqual({ count: 1 });
    expect(await store.settle([anEnd(late!)], 60)).toEqual([false]);
  });
});

describe("prune", () => {
  it("forgets what ended before, a bounded number at a time, and nothing unfinished", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b"), anEntry("c")]);
    await end(store, "delivered", 10);
    await store.append([anEntry("late"), anEntry("open")], NO_BOUND);
    const [late] = await leased(store, { limit: 1 });
    await store.settle([anEnd(late!)], 20);

    expect(await store.prune({ before: 20, maxBytes: Infinity, limit: 2 })).toBe(true);
    expect(await store.prune({ before: 20, maxBytes: Infinity, limit: 2 })).toBe(false);

    expect((await store.query({}, ALL)).items.map(({ id }) => id)).toEqual(["late", "open"]);
    expect(await store.append([anEntry("a")], NO_BOUND)).toEqual(["appended"]);
  });

  it("keeps within maxBytes, oldest end first", async () => {
    const big = { data: "x".repeat(10_000) };
    const store = await anOpenStore();
    for (const [index, id] of ["a", "b", "c"].entries()) {
      await store.append([anEntry(id, {}, big)], NO_BOUND);
      await end(store, "delivered", index);
    }

    await store.prune({ before: 0, maxBytes: 25_000, limit: 10 });

    expect((await store.query({}, ALL)).items.map(({ id }) => id)).toEqual(["b", "c"]);
  });

  it("goes by when deliveries ended, even if that was told out of order", async () => {
    const store = await anOpenStore([anEntry("a"), anEntry("b")]);
    const [a, b] = await leased(store);
    await store.settle([anEnd(a!)], 20);
    await store.settle([anEnd(b!)], 10);

    await store.prune({ before: 15, maxBytes: Infinity, limit: 10 });

    expect((await store.query({}, ALL)).items.map(({ id }) => id)).toEqual(["a"]);
  });

  it("keeps an event as long as a delivery of it", async () => {
    const store = await anOpenStore();
    const deliveries = [aDelivery({ id: "1" }), aDelivery({ id: "2", destination: "two" })];
    await store.append([{ event: anEvent({ id: "a" }), deliveries }], NO_BOUND);
    await end(store, "delivered");

    await store.prune({ before: 1, maxBytes: 0, limit: 10 });

    expect(await store.stats()).toMatchObject({ events: 1, delivered: 0, pending: 1 });
    expect(await store.append([anEntry("a")], NO_BOUND)).toEqual(["duplicate"]);
  });
});

describe("plugin state", () => {
  it("keeps values by scope and lists keys by prefix, sorted", async () => {
    const { state } = await anOpenStore();
    for (const key of ["b/2", "a", "b/1"]) await state.set("hooks", key, `"${key}"`);
    await state.set("graph", "b/3", "1");
    await state.delete("hooks", "b/2");
    await state.delete("none", "b/2");

    expect(await state.keys("hooks", "b/")).toEqual(["b/1"]);
    expect(await state.keys("hooks", "")).toEqual(["a", "b/1"]);
    expect(await state.get("hooks", "a")).toBe('"a"');
    expect(await state.get("graph", "a")).toBeUndefined();
  });
});

describe("at scale", () => {
  it("holds a backlog in ten thousand lanes and hands it out lane by lane", { timeout: 30_000 }, async () => {
    const lanes = Array.from({ length: 10_000 }, (_, n) => ({ sink: "hooks", destination: `${n}` }));
    const store = await anOpenStore();
    for (let round = 0; round < 100; round += 1) {
      const entries = lanes.map((lane) =>
        anEntry(`${lane.destination}-${round}`, { ...lane, orderKey: `${round % 10}` }),
      );
      await store.append(entries, { maxBacklog: Infinity, now: round });
    }

    expect((await store.due(["hooks"], 100)).lanes).toHaveLength(10_000);
    for (const lane of lanes) expect(await leased(store, { lane, limit: 20, now: 100 })).toHaveLength(10);

    expect(await store.due(["hooks"], 100)).toEqual({ lanes: [], nextAt: 200 });
    expect(await store.stats()).toMatchObject({ pending: 900_000, leased: 100_000 });
  });
});
