import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock, type TeleflowStubRequest } from "@bus/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { aService, aStartedBus, shipped, shopRules } from "../a-started-bus.ts";

const HOUR_MS = 3_600_000;

describe("a bus that starts again on its store", () => {
  it("goes on with the key of the next epoch", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: (_, index) => (index < 2 ? { kind: "status", status: 500 } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await first.stop();

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await clock.advance(2_000);
    await next.settled(2);
    await next.stop();
    const last = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await clock.advance(4_000);
    await last.reach({ delivered: 1 });

    expect(new Set(keysOf(service.requests)).size).toBe(3);
    expect(new Set(service.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it("keeps the key of what is unknown", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "reset", accepts: true } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await first.stop();

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await clock.advance(2_000);
    await next.reach({ delivered: 1 });
    await service.settled();

    expect(new Set(keysOf(service.requests)).size).toBe(1);
    expect(service.notifications).toHaveLength(1);
  });

  it("ends what has failed for 36 hours, and sends it when it is replayed", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: () => ({ kind: "status", status: 500 }) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await first.stop();
    await clock.advance(36 * HOUR_MS);

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    const [dead] = await next.reach({ dead: 1 });
    const tries = service.requests.length;
    service.faults = {};
    await next.bus.deliveries.replay(dead?.id ?? "");
    await next.reach({ delivered: 1 });

    expect(dead?.reason).toMatch(/36 hours, since 2026-01-01T00:00:.*Replay it/);
    expect(tries).toBe(1);
    expect(service.requests).toHaveLength(2);
  });

  it("tries what has failed for less than 36 hours", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 500 } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await first.stop();
    await clock.advance(36 * HOUR_MS - 60_000);

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });

    await next.reach({ delivered: 1 });
  });

  it("sends what waited for longer than that, but had not been tried", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    const quiet = await aStartedBus(service, { store: sqliteStore({ path }), clock, batch: { lingerMs: 10 * 60_000 } });
    await quiet.bus.publishMany(shipped(1));
    await quiet.stop();
    await clock.advance(40 * HOUR_MS);

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });

    await next.reach({ delivered: 1 });
  });

  it("sends again, with the same key and bytes, what a crash left on its way", async () => {
    const { path, clock } = aPlace();
    const service = await aService({ idempotency: false });
    service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(2));
    await first.until(() => expect(service.requests).toHaveLength(1));
    const left = asACrashLeaves(path);
    await first.stop();

    const next = await aStartedBus(service, { store: sqliteStore({ path: left }), clock });
    await clock.advance(180_000);
    const ended = await next.reach({ delivered: 2 });
    await service.settled();

    expect(ended.map(({ attempts }) => attempts)).toEqual([2, 2]);
    expect(new Set(keysOf(service.requests)).size).toBe(1);
    expect(service.notifications).toHaveLength(2);
  });

  it("ends what a crash left on its way when the event is older than 36 hours: nobody knows when it was sent", async () => {
    const { path, clock } = aPlace();
    const service = await aService({ idempotency: false });
    service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.until(() => expect(service.requests).toHaveLength(1));
    const left = asACrashLeaves(path);
    await first.stop();
    await clock.advance(36 * HOUR_MS);

    const next = await aStartedBus(service, { store: sqliteStore({ path: left }), clock });
    const [dead] = await next.reach({ dead: 1 });

    expect(dead?.reason).toContain("36 hours");
    expect(service.requests).toHaveLength(1);
  });

  it("counts the 36 hours from a stop that came in between, too", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: () => ({ kind: "hang", accepts: true }) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.until(() => expect(service.requests).toHaveLength(1));
    await first.stop();
    service.faults = {};
    await clock.advance(36 * HOUR_MS);

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    const [dead] = await next.reach({ dead: 1 });
    await next.bus.deliveries.replay(dead?.id ?? "");
    await next.until(() => expect(service.requests).toHaveLength(2));

    expect(dead).toMatchObject({ attempts: 1, reason: expect.stringContaining("36 hours") });
  });

  it("sends a replay of what has failed to the end of its schedule", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: () => ({ kind: "status", status: 500 }) };
    const policy = { retry: { baseMs: 1_000, factor: 1, maxMs: 1_000, attempts: 2 } };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock, policy });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await clock.advance(1_200);
    const [dead] = await first.reach({ dead: 1 });
    await first.stop();
    service.faults = {};
    await clock.advance(36 * HOUR_MS);

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock, policy });
    await next.bus.deliveries.replay(dead?.id ?? "");
    await next.reach({ delivered: 1 });

    expect(dead?.attempts).toBe(2);
  });

  it("keeps what a rule left behind as dead letters, which the rule can have when it is back", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "reset" } : undefined) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.publishMany(shipped(1));
    await first.settled();
    await first.stop();

    const without = await aStartedBus(service, { store: sqliteStore({ path }), clock, rules: shopRules.slice(1) });
    await clock.advance(2_000);
    const [waiting] = await without.settled(2);
    await clock.advance(15 * 60_000);
    const [dead] = await without.reach({ dead: 1 });
    await without.stop();
    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await next.bus.deliveries.replay(dead?.id ?? "");
    await next.reach({ delivered: 1 });

    // An app of before, beside one that has the rule already, leaves it to that.
    expect(waiting).toMatchObject({ state: "pending", history: [{}, { reason: expect.stringContaining("no rule") }] });
    expect(dead?.reason).toBe(
      'There is no rule "trigger:order-shipped" for "order.shipped": bring it back and replay this.',
    );
  });
});

function aPlace() {
  const directory = mkdtempSync(join(tmpdir(), "teleflow-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return { path: join(directory, "bus.db"), clock: virtualClock() };
}

/** The store as it is on disk now, under another name: the bus on it may go on, and nobody hears of it. */
function asACrashLeaves(path: string): string {
  const copy = `${path}.copy`;
  for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, copy + suffix);
  return copy;
}

function keysOf(requests: readonly TeleflowStubRequest[]): readonly unknown[] {
  return requests.map(({ headers }) => headers["idempotency-key"]);
}
