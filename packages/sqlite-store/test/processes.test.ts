import { disable, pause } from "@bus/core";
import { virtualClock, type VirtualClock } from "@bus/testkit";
import { expect, it } from "vitest";

import { sqliteStore } from "../src/index.ts";
import { aBus, aBusInTime, aStartedBus, HOOKS, idsOf, things } from "./a-bus.ts";
import { aChild, type Child } from "./a-child.ts";
import { aConnection, column, eventIdsIn } from "./a-connection.ts";
import { aTempFile } from "./a-temp-file.ts";
import { eventually } from "./eventually.ts";
import { aGate } from "./gate.ts";
import { statsByScan } from "./stats-by-scan.ts";

const TIMEOUT_MS = 30_000;
/** What a lane takes at once: twice its concurrency of 4. */
const HELD = 8;

async function aStartedChild(path: string, ...args: string[]): Promise<Child> {
  const child = aChild("worker", [path, ...args]);
  child.say("start");
  await child.tells("startDone");
  return child;
}

/** A child that has published so many events and holds the first of them, of which it never tells what came. */
async function aHoldingChild(path: string, count: number): Promise<Child> {
  const child = await aStartedChild(path, "hold");
  child.say(`publish e ${count}`);
  await child.tells("publishDone");
  await eventually(() => leased(path)).toBe(HELD);
  await eventually(() => child.told("taken").length).toBe(4);
  return child;
}

function leased(path: string): unknown {
  return column(aConnection(path), "SELECT count(*) FROM bus_deliveries WHERE state = 'leased'")[0];
}

/** A minute before the first of the leases ends. They were not all given in the same millisecond: `apartMs` later the last one ends. */
function aMinuteBeforeLeaseEnd(path: string): { readonly clock: VirtualClock; readonly apartMs: number } {
  const end = (which: "min" | "max"): number =>
    Number(column(aConnection(path), `SELECT ${which}(lease_until) FROM bus_deliveries`)[0]);
  return { clock: virtualClock({ startAt: end("min") - 60_000 }), apartMs: end("max") - end("min") };
}

it(
  "shares the work of one lane, each delivery done once",
  async () => {
    const path = aTempFile();
    const holding = await aHoldingChild(path, 40);

    const { delivered, received, errors } = await aStartedBus({ store: sqliteStore({ path }) });
    await eventually(() => delivered.length).toBe(40 - HELD);
    holding.say("go");
    await eventually(() => holding.told("delivered").length).toBe(HELD);

    expect([...delivered, ...holding.told("delivered")].toSorted()).toEqual(idsOf(things(40)).toSorted());
    expect(received).toHaveLength(40 - HELD);
    expect([...errors, ...holding.told("error")]).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  "delivers once and in order per key what three processes publish at once",
  async () => {
    const path = aTempFile();
    const children = await Promise.all(["a", "b", "c"].map(() => aStartedChild(path)));

    ["a", "b", "c"].forEach((prefix, index) => children[index]?.say(`publish ${prefix} 200 5`));
    const told = (name: string): unknown[] => children.flatMap((child) => child.told(name));
    await eventually(() => told("delivered").length).toBe(600);
    for (const child of children) child.say("stop");
    await Promise.all(children.map((child) => child.tells("stopDone")));

    const ids = ["a", "b", "c"].flatMap((prefix) => idsOf(things(200, {}, prefix)));
    expect(told("taken").toSorted()).toEqual(ids.toSorted());
    expect(told("error")).toEqual([]);
    expect(overlapsOfKeys(children)).toEqual([]);
    const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
    expect(await bus.deliveries.stats()).toEqual(statsByScan(aConnection(path)));
    expect(await bus.deliveries.stats()).toMatchObject({ events: 600, delivered: 600 });
  },
  TIMEOUT_MS,
);

/** Deliveries of one key that began before the one before them was over. All processes count time from the same moment. */
function overlapsOfKeys(children: readonly Child[]): string[] {
  const at = (name: string): Map<string, bigint> =>
    new Map(
      children.flatMap(({ lines }) =>
        lines.flatMap((line) => (name in line ? [[String(line[name]), BigInt(String(line["at"]))] as const] : [])),
      ),
    );
  const [taken, sent] = [at("taken"), at("sent")];
  return [...taken].flatMap(([id, takenAt]) => {
    const before = sent.get(`${id[0]}${Number(id.slice(1)) - 5}`);
    return before !== undefined && takenAt < before ? [id] : [];
  });
}

it(
  "takes up the work of a killed process within a second of the end of its lease, not before",
  async () => {
    const path = aTempFile();
    const killed = await aHoldingChild(path, 20);
    killed.kill("SIGKILL");
    await killed.ended;

    const { clock, apartMs } = aMinuteBeforeLeaseEnd(path);
    const { bus, received, delivered, errors } = await aStartedBus({ store: sqliteStore({ path }), clock });
    await clock.advance(59_999);
    await eventually(async () => (await clock.settled(), delivered.length)).toBe(20 - HELD);
    const before = received.length;
    await clock.advance(apartMs + 1_001);
    await eventually(async () => (await clock.settled(), delivered.length)).toBe(20);

    expect(before).toBe(20 - HELD);
    expect(received.slice(before).map(({ attempt }) => attempt)).toEqual(Array.from({ length: HELD }, () => 2));
    expect(delivered.toSorted()).toEqual(idsOf(things(20)).toSorted());
    expect(errors).toEqual([]);
    expect(await bus.deliveries.stats()).toEqual(statsByScan(aConnection(path)));
  },
  TIMEOUT_MS,
);

it(
  "refuses what a frozen process has to say of leases that it lost",
  async () => {
    const path = aTempFile();
    const frozen = await aHoldingChild(path, HELD);
    frozen.kill("SIGSTOP");

    const { clock, apartMs } = aMinuteBeforeLeaseEnd(path);
    const { bus, delivered } = await aStartedBus({ store: sqliteStore({ path }), clock });
    await clock.advance(apartMs + 61_000);
    await eventually(async () => (await clock.settled(), delivered.length)).toBe(HELD);
    const before = await bus.deliveries.list();
    frozen.kill("SIGCONT");
    frozen.say("go");
    await eventually(() => frozen.told("error").length).toBe(HELD);

    expect(new Set(frozen.told("error"))).toEqual(new Set(["BUS_LEASE_LOST"]));
    expect(frozen.told("delivered")).toEqual([]);
    const after = await bus.deliveries.list();
    expect(after).toEqual(before);
    expect(after.items.map(({ state, attempts, history }) => [state, attempts, history.length])).toEqual(
      Array.from({ length: HELD }, () => ["delivered", 2, 1]),
    );
  },
  TIMEOUT_MS,
);

it.each([
  ["the one that tries it works", aGate()],
  ["the one that tries it does not work", aGate(pause("503", { probeAfterMs: 1_000 }))],
  ["the one that tries it is told that it is gone", aGate(disable("410"))],
])("leaves a lane disabled by another bus on the file when %s", async (_, gate) => {
  const path = aTempFile();
  let isTried = false;
  const trying = await aBusInTime({
    store: sqliteStore({ path }),
    deliver: (batch, context) => {
      if (isTried) return gate.deliver(batch, context);
      isTried = true;
      return [pause("503", { probeAfterMs: 60_000 })];
    },
    policy: { concurrency: 1 },
  });
  await trying.bus.publishMany(things(3));
  await eventually(async () => (await trying.bus.lanes.list())[0]?.status.state).toBe("paused");
  await trying.clock.advance(61_000);
  await eventually(() => trying.received.length).toBe(2);
  const { bus } = await aBusInTime({ store: sqliteStore({ path }) });
  await bus.lanes.disable(HOOKS, "the host says no");

  gate.open();
  await eventually(async () => (await bus.deliveries.stats()).leased).toBe(0);

  expect((await bus.lanes.list())[0]?.status).toEqual({ state: "disabled", reason: "the host says no" });
  expect(trying.received).toHaveLength(2);
  expect(trying.errors).toEqual([]);
});

it(
  "opens a new file in four processes at once, and takes what each publishes",
  async () => {
    const path = aTempFile();
    const children = ["a", "b", "c", "d"].map((prefix) => ({ prefix, child: aChild("worker", [path]) }));
    await Promise.all(children.map(({ child }) => child.tells("ready")));

    for (const { child } of children) child.say("start");
    await Promise.all(children.map(({ child }) => child.tells("startDone")));
    for (const { child, prefix } of children) child.say(`publish ${prefix} 5`);
    await Promise.all(children.map(({ child }) => child.tells("publishDone")));

    expect(eventIdsIn(path).toSorted()).toEqual(children.flatMap(({ prefix }) => idsOf(things(5, {}, prefix))));
    const { bus } = aBus({ store: sqliteStore({ path }) });
    await bus.start();
    expect(await bus.deliveries.stats()).toMatchObject({ events: 20 });
  },
  TIMEOUT_MS,
);
