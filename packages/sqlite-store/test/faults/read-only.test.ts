import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { sqliteStore } from "../../src/index.ts";
import { aBus, aBusInTime, aStartedBus, things, HOOKS } from "../a-bus.ts";
import { aChild } from "../a-child.ts";
import { aConnection, aHostConnection, eventIdsIn } from "../a-connection.ts";
import { aTempFile } from "../a-temp-file.ts";
import { codesOf, messagesOf, rejectionOf } from "../error-codes.ts";
import { eventually } from "../eventually.ts";
import { aGate } from "../gate.ts";

/** A file with one undelivered event. */
async function aFileWithWork(): Promise<string> {
  const path = aTempFile();
  const { bus } = await aStartedBus({ store: sqliteStore({ path }) });
  await bus.lanes.pause(HOOKS);
  await bus.publish("thing.done", {}, { id: "e0" });
  await bus.stop();
  return path;
}

it("does not start on a connection that cannot write, and changes nothing", async () => {
  const path = await aFileWithWork();
  const before = readFileSync(path);
  const { bus } = aBus({ store: sqliteStore({ database: aConnection(path, { readonly: true }) }) });

  const error = await rejectionOf(bus.start());

  expect(codesOf(error)[0]).toBe("BUS_STORE_READONLY");
  expect(readFileSync(path).equals(before)).toBe(true);
});

it("refuses to publish while the connection may only read, and goes on when it may write again", async () => {
  const path = aTempFile();
  const database = aHostConnection(path);
  const { bus, delivered } = await aStartedBus({ store: sqliteStore({ database }) });

  database.pragma("query_only = ON");
  const errors = await Promise.all(
    ["a", "b"].map((id) => rejectionOf(bus.publish("thing.done", { token: "tk-51f0" }, { id }))),
  );
  const stats = await bus.deliveries.stats();
  database.pragma("query_only = OFF");
  await bus.publish("thing.done", {}, { id: "c" });

  expect(errors.map((error) => codesOf(error)[0])).toEqual(["BUS_STORE_READONLY", "BUS_STORE_READONLY"]);
  expect(errors.map(messagesOf).join()).not.toContain("tk-51f0");
  expect(stats).toMatchObject({ events: 0, pending: 0 });
  await eventually(() => delivered).toEqual(["c"]);
  await bus.stop();
  expect(eventIdsIn(path)).toEqual(["c"]);
});

it("tells of background work that cannot be written, and does it later", async () => {
  const database = aHostConnection(aTempFile());
  const gate = aGate();
  const { bus, clock, received, delivered, errors } = await aBusInTime({
    store: sqliteStore({ database }),
    deliver: gate.deliver,
  });
  await bus.publishMany(things(4));
  await eventually(() => received.length).toBe(4);

  database.pragma("query_only = ON");
  gate.open();
  await eventually(() => errors.length).toBeGreaterThan(0);
  const settledMeanwhile = delivered.length;
  database.pragma("query_only = OFF");
  await eventually(async () => (await clock.advance(100), delivered.length)).toBe(4);

  expect(settledMeanwhile).toBe(0);
  expect(new Set(errors.flatMap(codesOf))).toEqual(new Set(["BUS_STORE_FAILED", "BUS_STORE_READONLY"]));
  expect(received).toHaveLength(4);
});

it.each(["file", "directory"])(
  "does not start without the right to write the %s, and starts once it has it",
  async (what) => {
    const path = await aFileWithWork();

    const child = aChild("without-rights", [path, what]);

    expect(await child.tells("refused")).toEqual(["BUS_STORE_READONLY"]);
    expect(await child.tells("delivered")).toEqual(["e0"]);
  },
);
