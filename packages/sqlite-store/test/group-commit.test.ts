import type { AppendEntry, LeasedDelivery, Store } from "@bus/core";
import { expect, it, onTestFinished } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aStartedBus, idsOf, things } from "./a-bus.ts";
import { aConnection, aHostConnection, column, eventIdsIn } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { commitsInLog } from "./commits-in-log.ts";
import { codesOf, rejectionOf } from "./error-codes.ts";
import { eventually } from "./eventually.ts";
import { turnsDuring } from "./turns-during.ts";

const IDS = Array.from({ length: 200 }, (_, index) => `e${index}`);
/** Of so many in one turn; how many exactly, the machine decides: a group ends after a few ms. */
const FEW = IDS.length / 4;
const NO_BOUND = { maxBacklog: Infinity, now: 0 };

function anEntry(id: string, { type = "thing.done", data = "{}", isOwed = true } = {}): AppendEntry {
  return {
    event: { id, type, source: "test", time: "2026-01-01T00:00:00.000Z", data },
    deliveries: isOwed ? [{ id: `d-${id}`, sink: "hooks", destination: "default" }] : [],
  };
}

async function anOpenStore(path: string): Promise<Store> {
  const store = sqliteStore({ path });
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

/** How many transactions the work made. */
async function commitsOf(path: string, work: () => Promise<unknown>): Promise<number> {
  const before = commitsInLog(path);
  await work();
  return commitsInLog(path) - before;
}

it("commits the publishes of one turn together", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);

  const commits = await commitsOf(path, () => Promise.all(IDS.map((id) => store.append([anEntry(id)], NO_BOUND))));

  expect(commits).toBeLessThan(FEW);
  expect(eventIdsIn(path)).toEqual(IDS);
});

it("commits publishes of different turns apart", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);

  const commits = await commitsOf(path, async () => {
    for (const id of ["a", "b", "c"]) await store.append([anEntry(id)], NO_BOUND);
  });

  expect(commits).toBe(3);
});

it("commits leases, settlements and state of one turn together", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  await store.append(
    IDS.map((id) => anEntry(id)),
    NO_BOUND,
  );
  const lane = { sink: "hooks", destination: "default" };
  const leased: LeasedDelivery[] = [];

  const leasing = await commitsOf(path, async () => {
    const leases = IDS.map(() => store.lease({ lane, limit: 1, perKey: 1, now: 1, until: 1_000 }));
    for (const { deliveries } of await Promise.all(leases)) leased.push(...deliveries);
  });
  const settling = await commitsOf(path, () =>
    Promise.all(
      leased.flatMap(({ id, leaseId }) => [
        store.settle([{ id, leaseId, state: "delivered" }], 2),
        store.state.change("hooks", [{ key: id, value: "1" }]),
      ]),
    ),
  );

  expect(leased.map(({ event }) => event.id)).toEqual(IDS);
  expect(leasing).toBeLessThan(FEW);
  expect(settling).toBeLessThan(2 * FEW);
});

it("commits what stands beside a change of state that is refused, and in the same transaction", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  const answers: unknown[] = [];

  const commits = await commitsOf(path, async () => {
    answers.push(
      ...(await Promise.all([
        store.append([anEntry("a")], NO_BOUND),
        store.state.change("hooks", [
          { key: "refused", value: "1" },
          { key: "none", value: "1", expected: "2" },
        ]),
        store.state.change("hooks", [{ key: "made", value: "1", expected: undefined }]),
        store.append([anEntry("b")], NO_BOUND),
      ])),
    );
  });

  expect(answers).toEqual([["appended"], false, true, ["appended"]]);
  expect(commits).toBe(1);
  expect(await store.state.keys("hooks", "")).toEqual(["made"]);
  expect(eventIdsIn(path)).toEqual(["a", "b"]);
});

it("commits nothing for what only reads", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  await store.append([anEntry("a")], NO_BOUND);

  const commits = await commitsOf(path, () =>
    Promise.all([
      store.stats(),
      store.lanes(),
      store.get("d-a"),
      store.due(["hooks"], 1),
      store.query({}, { limit: 9 }),
      store.state.get("hooks", ["a", "b"]),
    ]),
  );

  expect(commits).toBe(0);
});

it("resolves a publish only when another connection can see it", async () => {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  const reader = aConnection(path);
  const seen = (): unknown[] => column(reader, "SELECT id FROM bus_events ORDER BY seq");

  const published = ["a", "b"].map((id) => bus.publish("thing.done", {}, { id }).then(seen));
  const atOnce = seen();
  const whenResolved = await Promise.all(published);

  expect(atOnce).toEqual([]);
  expect(whenResolved).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
});

it("refuses what the file does not take, and only that", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  aConnection(path).exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON bus_events WHEN NEW.type = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  const append = (id: string, type?: string) => store.append([anEntry(id, { ...(type && { type }) })], NO_BOUND);

  const outcomes = await Promise.all(
    [append("a"), append("b", "bad"), append("c"), append("d", "bad"), append("e")].map(rejectionOf),
  );
  await append("f");

  expect(outcomes.map((error) => codesOf(error)[0])).toEqual([
    undefined,
    "BUS_STORE_FAILED",
    undefined,
    "BUS_STORE_FAILED",
    undefined,
  ]);
  expect(eventIdsIn(path)).toEqual(["a", "c", "e", "f"]);
  expect(await store.stats()).toMatchObject({ events: 4, pending: 4 });
});

it("acknowledges nothing before its commit has succeeded", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  // A broken reference that SQLite finds at the commit, not before.
  aConnection(path).exec(
    `CREATE TABLE orders (id TEXT PRIMARY KEY);
     CREATE TABLE lines (parent TEXT REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);
     CREATE TRIGGER break AFTER INSERT ON bus_events WHEN NEW.type = 'bad' BEGIN INSERT INTO lines VALUES ('none'); END`,
  );
  const append = (id: string, type: string) => store.append([anEntry(id, { type })], NO_BOUND);

  const together = await Promise.all([append("a", "good"), append("b", "bad"), append("c", "good")].map(rejectionOf));
  const alone = await rejectionOf(append("d", "bad"));

  expect([...together, alone].map((error) => codesOf(error)[0])).toEqual([
    undefined,
    "BUS_STORE_FAILED",
    undefined,
    "BUS_STORE_FAILED",
  ]);
  expect(eventIdsIn(path)).toEqual(["a", "c"]);
  expect(await store.stats()).toMatchObject({ events: 2, pending: 2 });
});

it("refuses all of a publishMany of which one is not taken", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  aConnection(path).exec(
    "CREATE TRIGGER refuse BEFORE INSERT ON bus_events WHEN NEW.type = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
  );

  const [many, one] = await Promise.all([
    rejectionOf(store.append([anEntry("a"), anEntry("b"), anEntry("c", { type: "bad" })], NO_BOUND)),
    rejectionOf(store.append([anEntry("d")], NO_BOUND)),
  ]);

  expect(codesOf(many)).toEqual(["BUS_STORE_FAILED"]);
  expect(one).toBeUndefined();
  expect(eventIdsIn(path)).toEqual(["d"]);
});

it("refuses what the backlog has no room for, and only that", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  const append = (id: string, isOwed = true) => store.append([anEntry(id, { isOwed })], { maxBacklog: 2, now: 0 });

  const outcomes = await Promise.all(
    [append("a"), append("b"), append("c"), append("d", false)].map((appended) => rejectionOf(appended)),
  );

  expect(outcomes.map((error) => codesOf(error)[0])).toEqual([undefined, undefined, "BUS_BACKLOG_FULL", undefined]);
  expect(eventIdsIn(path)).toEqual(["a", "b", "d"]);
});

it("keeps the order in which it was asked, across groups", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  const ids = Array.from({ length: 3_000 }, (_, index) => `e${index}`);
  const resolved: string[] = [];

  const commits = await commitsOf(path, () =>
    Promise.all(ids.map((id) => store.append([anEntry(id)], NO_BOUND).then(() => resolved.push(id)))),
  );

  expect(commits).toBeGreaterThan(1);
  expect(resolved).toEqual(ids);
  expect(eventIdsIn(path)).toEqual(ids);
});

it("gives way to the event loop within one large append, which is all there or not at all", async () => {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.lanes.pause({ sink: "hooks", destination: "default" });
  const reader = aConnection(path);
  const many = things(10_000);
  const counts = new Set<unknown>();

  const turns = await turnsDuring(async (soFar) => {
    const published = bus.publishMany(many);
    await eventually(() => (counts.add(column(reader, "SELECT count(*) FROM bus_events")[0]), soFar())).toBeGreaterThan(
      10,
    );
    await published;
    counts.add(column(reader, "SELECT count(*) FROM bus_events")[0]);
  });

  expect(turns).toBeGreaterThan(10);
  expect([...counts].filter((count) => count !== 0)).toEqual([10_000]);
  expect(eventIdsIn(path)).toEqual(idsOf(many));
});

it("takes a publish that comes during a large append", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);
  const many = Array.from({ length: 5_000 }, (_, index) => anEntry(`e${index}`));

  const large = store.append(many, NO_BOUND);
  await turnsDuring((soFar) => eventually(soFar).toBeGreaterThan(2));
  await Promise.all([large, store.append([anEntry("small")], NO_BOUND)]);

  expect(eventIdsIn(path)).toEqual([...many.map(({ event }) => event.id), "small"]);
});

it("sees in each of a group what those before it did to the lane", async () => {
  const store = await anOpenStore(aTempFile());
  const lane = { sink: "hooks", destination: "default" };
  const request = { lane, limit: 10, perKey: 1, now: 0, until: 100 };
  const ids = (lease: { deliveries: readonly LeasedDelivery[] }): string[] => lease.deliveries.map(({ id }) => id);

  await store.append([anEntry("a"), anEntry("b")], NO_BOUND);
  const [, one, other] = await Promise.all([
    store.setLane(lane, { state: "paused", reason: "503", until: 0 }),
    store.lease(request),
    store.lease(request),
  ]);
  const [, held, stats] = await Promise.all([
    store.setLane(lane, { state: "disabled", reason: "410" }),
    store.lease({ ...request, now: 200, until: 300 }),
    store.stats(),
  ]);

  expect([one, other, held].map(ids)).toEqual([["d-a"], [], []]);
  expect(stats).toMatchObject({ pending: 1, leased: 1, parked: 1 });
});

it.each(["append", "lease"] as const)("does not let a flood hold up one %s", async (single) => {
  const store = await anOpenStore(aTempFile());
  const request = { lane: { sink: "hooks", destination: "default" }, limit: 1, perKey: 1, now: 0, until: 100 };
  const call = {
    append: (index: number) => store.append([anEntry(`e${index}`)], NO_BOUND),
    lease: () => store.lease(request),
  };
  const flood = call[single === "append" ? "lease" : "append"];
  let answered = 0;

  const all = Array.from({ length: 5_000 }, async (_, index) => flood(index).then(() => void answered++));
  await call[single](5_000);
  const answeredBefore = answered;
  await Promise.all(all);

  expect(answeredBefore).toBeLessThan(2_500);
});

it("ends a search that was under way when it closes", async () => {
  const store = await anOpenStore(aTempFile());
  await store.append(
    Array.from({ length: 5_000 }, (_, index) => anEntry(`${index}`)),
    NO_BOUND,
  );

  const [page] = await Promise.all([store.query({ type: "no.such" }, { limit: 10 }), store.close()]);

  expect(page).toEqual({ items: [] });
});

it("closes what was being opened", async () => {
  const store = sqliteStore({ path: aTempFile() });

  await Promise.all([store.open(), store.close()]);

  expect(codesOf(await rejectionOf(store.stats()))).toEqual(["BUS_STORE_CLOSED"]);
});

it("finishes what it was asked for before it closes", async () => {
  const path = aTempFile();
  const store = await anOpenStore(path);

  const appended = Promise.all(["a", "b"].map((id) => store.append([anEntry(id)], NO_BOUND)));
  await Promise.all([store.close(), store.close()]);
  const late = await rejectionOf(store.append([anEntry("c")], NO_BOUND));

  await expect(appended).resolves.toEqual([["appended"], ["appended"]]);
  expect(codesOf(late)).toEqual(["BUS_STORE_CLOSED"]);
  expect(eventIdsIn(path)).toEqual(["a", "b"]);
});

it("groups on a connection of the host's just so", async () => {
  const database = aHostConnection(aTempFile());
  const { bus } = await aStartedBus({ store: sqliteStore({ database }) });
  await bus.lanes.disable({ sink: "hooks", destination: "default" }, "not now");

  const commits = await commitsOf(database.name, () =>
    Promise.all(IDS.map((id) => bus.publish("thing.done", {}, { id }))),
  );

  expect(commits).toBeLessThan(FEW);
});
