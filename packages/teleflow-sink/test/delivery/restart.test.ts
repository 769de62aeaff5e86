import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock, type TeleflowStub, type TeleflowStubRequest, type VirtualClock } from "@bus/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { aService, aStartedBus, shipped, shopRules, type BusScript, type StartedBus } from "../a-started-bus.ts";

const HOUR_MS = 3_600_000;
const lane = { sink: "notify", destination: "trigger:order-shipped" };

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

  it("sends what a crash left in its memory, though its event is older than 36 hours", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "hang" } : undefined) };
    const oneByOne = { policy: { concurrency: 1 }, batch: { maxTriggers: 1 } };
    const first = await withAnOldBacklog(service, { path, clock, count: 3, ...oneByOne });
    await first.bus.lanes.resume(lane);
    await first.until(() => expect(service.requests).toHaveLength(1));
    const left = asACrashLeaves(path);
    await first.stop();

    const next = await aStartedBus(service, { store: sqliteStore({ path: left }), clock });
    await clock.advance(180_000);
    const ended = await next.reach({ delivered: 3 });

    expect(Math.max(...ended.map(({ attempts }) => attempts))).toBe(2);
  });

  it.each([
    { hours: 35, state: "delivered", requests: 2 },
    { hours: 36, state: "dead", requests: 1 },
  ] as const)(
    "takes what a crash left on its way, of an event that was old by then, for open since it was sent: $state after $hours hours",
    async ({ hours, state, requests }) => {
      const { path, clock } = aPlace();
      const service = await aService();
      service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
      const first = await withAnOldBacklog(service, { path, clock, count: 1 });
      await first.bus.lanes.resume(lane);
      await first.until(() => expect(service.requests).toHaveLength(1));
      const left = asACrashLeaves(path);
      await first.stop();
      await clock.advance(hours * HOUR_MS);

      const next = await aStartedBus(service, { store: sqliteStore({ path: left }), clock });
      await next.reach({ [state]: 1 });

      expect(service.requests).toHaveLength(requests);
    },
  );

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

  it("sends at once what the service had let nobody in for, and leaves alone a lane that the host has paused", async () => {
    const { path, clock } = aPlace();
    const service = await aService();
    service.faults = { request: () => ({ kind: "status", status: 401 }) };
    const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await first.bus.lanes.pause({ sink: "notify", destination: "broadcast:incident" });
    await first.bus.publishMany([...shipped(1), { type: "incident.opened", id: "i0", data: { title: "down" } }]);
    await first.until(() => expect(first.signals.map(({ name }) => name)).toEqual(["paused", "paused"]));
    await first.stop();
    service.faults = {};
    const restartedAt = clock.now();

    const next = await aStartedBus(service, { store: sqliteStore({ path }), clock });
    await next.reach({ delivered: 1, pending: 1 });

    expect(clock.now() - restartedAt).toBeLessThan(10_000);
    expect(service.requests.map(({ operation }) => operation)).toEqual(["trigger", "trigger"]);
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

/** A bus started on what another left behind a paused lane 40 hours before. */
async function withAnOldBacklog(
  service: TeleflowStub,
  { path, clock, count, ...script }: BusScript & { path: string; clock: VirtualClock; count: number },
): Promise<StartedBus> {
  const before = await aStartedBus(service, { store: sqliteStore({ path }), clock });
  await before.bus.lanes.pause(lane);
  await before.bus.publishMany(shipped(count));
  await before.stop();
  await clock.advance(40 * HOUR_MS);
  return aStartedBus(service, { store: sqliteStore({ path }), clock, ...script });
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
