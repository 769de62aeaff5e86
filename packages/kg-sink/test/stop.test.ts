import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { expect, it, onTestFinished } from "vitest";
import { aProxy, companiesByRequest, companiesOf } from "./a-proxy.ts";
import { aStartedBus } from "./a-started-bus.ts";
import { companies } from "./some-events.ts";

function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "kg-sink-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "bus.db");
}

it("a stop ends a request that hangs, and the next bus on the store sends its records, without loss of an attempt", async () => {
  const path = aFile();
  const proxy = await aProxy();
  proxy.faults = { request: () => ({ kind: "hang" }) };
  const first = await aStartedBus(proxy.url, { store: sqliteStore({ path }), stopTimeoutMs: 500 });
  await first.bus.publishMany(companies(3));
  await first.until(() => expect(proxy.requests).toHaveLength(1));

  await first.stop();
  proxy.faults = {};
  const clock = virtualClock({ startAt: first.clock.now() + 60_000 });
  const next = await aStartedBus(proxy.url, { store: sqliteStore({ path }), clock });
  const deliveries = await next.reach({ delivered: ["c0", "c1", "c2"] });

  expect(companiesOf(proxy.stored)).toEqual(["c0", "c1", "c2"]);
  expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
});

it.each(["strict", "relaxed"] as const)(
  "a stop keeps what is stored, and sends no further request: %s",
  async (ordering) => {
    const path = aFile();
    const proxy = await aProxy();
    proxy.faults = { request: ({ records }) => (companiesOf(records).includes("c1") ? { kind: "hang" } : undefined) };
    const options = { ordering, batch: { maxRecords: 2 } } as const;
    const first = await aStartedBus(proxy.url, { ...options, store: sqliteStore({ path }), stopTimeoutMs: 500 });
    const user = (id: string, others: readonly string[]) => ({
      type: "user.created" as const,
      data: { id, companies: [id, ...others].map((company) => ({ id: company })) },
    });
    // The first two are one batch, of three requests.
    await first.bus.publishMany([user("c0", ["c0b"]), user("c1", ["c1b", "c1c", "c1d"]), user("c2", ["c2b"])]);
    await first.until(() => expect(proxy.requests).toHaveLength(2));

    await first.stop();
    const before = companiesByRequest(proxy.requests);
    proxy.faults = {};
    const clock = virtualClock({ startAt: first.clock.now() + 60_000 });
    const next = await aStartedBus(proxy.url, { ...options, store: sqliteStore({ path }), clock });
    await next.reach({ delivered: ["c0", "c1", "c2"] });

    expect(before).toEqual([
      ["c0", "c0b"],
      ["c1", "c1b"],
    ]);
    expect(companiesOf(proxy.stored).toSorted()).toEqual(["c0", "c0b", "c1", "c1b", "c1c", "c1d", "c2", "c2b"]);
  },
);
