import { memoryStore } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { sqliteStore } from "@bus/sqlite-store";
import { describe, expect, it } from "vitest";
import type { BusScript } from "../a-started-bus.ts";
import { aFile, HOUR } from "../cancel/a-cancellation.ts";
import { aBroadcasting, type Broadcasting } from "./a-broadcast.ts";

const UNKNOWN = /^Whether the broadcast went out is not known \(.+\)\. .*replay it.*broadcastRetry/;

/** Stops the bus while its broadcast, of so many, has no answer. */
async function stoppedMeanwhile({ service, until, sent, open, stop }: Broadcasting, sends = 1): Promise<void> {
  service.faults = { request: () => ({ kind: "hang", accepts: true }) };
  if (sends === 1) await open();
  await until(() => expect(sent()).toBe(sends));
  await stop();
  service.faults = {};
}

/** For the bus that comes after this one. */
function later({ clock }: Broadcasting, path: string): BusScript {
  return { store: sqliteStore({ path }), clock: virtualClock({ startAt: clock.now() + 60_000 }) };
}

it("reaches every subscriber, in one request of its own for each", async () => {
  const { bus, service, reach, sent } = await aBroadcasting();

  await bus.publishMany(["i0", "i1"].map((id) => ({ type: "incident.opened", id, data: { title: id } })));
  const [delivery] = await reach({ delivered: 2 });
  await service.settled();

  expect(sent()).toBe(2);
  expect(service.requests[0]?.body).toEqual({
    name: "incident",
    payload: { title: "i0" },
    transactionId: delivery?.history[0]?.info?.detail,
  });
  expect(service.notifications.map(({ subscriberId, payload }) => [subscriberId, payload])).toEqual([
    ["c0", { title: "i0" }],
    ["c1", { title: "i0" }],
    ["c0", { title: "i1" }],
    ["c1", { title: "i1" }],
  ]);
});

describe("whose outcome is not known", () => {
  it.each([
    { because: "the connection was reset", fault: { kind: "reset", accepts: true } },
    { because: "no answer came", fault: { kind: "hang", accepts: true } },
  ] as const)("is a dead letter and not sent again, until it is replayed: $because", async ({ fault }) => {
    const shop = await aBroadcasting({ deadlineMs: 1_000 });
    shop.service.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
    await shop.open();
    const { id, reason } = await shop.once("dead");
    await shop.clock.advance(60_000);
    const before = shop.sent();

    await shop.bus.deliveries.replay(id);
    await shop.once("delivered");

    expect(reason).toMatch(UNKNOWN);
    expect(before).toBe(1);
    expect(shop.sent()).toBe(2);
  });

  it("is a dead letter again when that of the replay is not known either", async () => {
    const shop = await aBroadcasting();
    shop.service.faults = { request: () => ({ kind: "reset" }) };
    await shop.open();
    const { id } = await shop.once("dead");

    await shop.bus.deliveries.replay(id);
    await shop.until(() => expect(shop.sent()).toBe(2));
    const { history } = await shop.once("dead");

    expect(history.map(({ outcome }) => outcome)).toEqual(["rejected", "rejected"]);
  });

  it("is sent again, with the same bytes and key, under broadcastRetry", async () => {
    const shop = await aBroadcasting({ broadcastRetry: true });
    shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "reset", accepts: true } : undefined) };
    await shop.open();
    await shop.once("pending");

    await shop.clock.advance(1_500);
    await shop.once("delivered");
    const [first, second] = shop.service.requests;

    expect(second?.body).toEqual(first?.body);
    expect(second?.headers["idempotency-key"]).toBe(first?.headers["idempotency-key"]);
    expect(shop.service.notifications).toHaveLength(2);
  });

  it("because the bus was stopped meanwhile, is a dead letter of the next start, until it is replayed", async () => {
    const path = aFile();
    const first = await aBroadcasting({ store: sqliteStore({ path }), stopTimeoutMs: 100 });
    const { service } = first;
    await stoppedMeanwhile(first);

    const second = await aBroadcasting(later(first, path), {}, service);
    const { id, reason, attempts } = await second.once("dead");
    const before = second.sent();
    await second.bus.deliveries.replay(id);
    await second.once("delivered");

    expect(reason).toMatch(UNKNOWN);
    expect(attempts).toBe(1);
    expect(before).toBe(1);
    expect(second.sent()).toBe(2);
  });

  it("because the bus was stopped during its replay, is a dead letter of the next start again", async () => {
    const path = aFile();
    const first = await aBroadcasting({ store: sqliteStore({ path }), stopTimeoutMs: 100 });
    const { service } = first;
    await stoppedMeanwhile(first);
    const second = await aBroadcasting({ ...later(first, path), stopTimeoutMs: 100 }, {}, service);
    const { id } = await second.once("dead");
    await second.bus.deliveries.replay(id);
    await stoppedMeanwhile(second, 2);

    const third = await aBroadcasting(later(second, path), {}, service);
    const { reason } = await third.once("dead");

    expect(reason).toMatch(UNKNOWN);
    expect(third.sent()).toBe(2);
  });
});

it("is a dead letter when its process died meanwhile, and sent by a replay", async () => {
  const path = aFile();
  const first = await aBroadcasting({ store: sqliteStore({ path }) });
  const { service } = first;
  service.faults = { request: () => ({ kind: "hang", accepts: true }) };
  await first.open();
  await first.until(() => expect(first.sent()).toBe(1));
  service.faults = {};

  // The first bus is never stopped: as far as the store knows, it is gone.
  const clock = virtualClock({ startAt: first.clock.now() + 600_000 });
  const second = await aBroadcasting({ store: sqliteStore({ path }), clock }, {}, service);
  const { id, reason, attempts } = await second.once("dead");
  const before = second.sent();
  await second.bus.deliveries.replay(id);
  await second.once("delivered");

  expect(reason).toMatch(UNKNOWN);
  expect(attempts).toBe(2);
  expect(before).toBe(1);
  expect(second.sent()).toBe(2);
});

it("is sent when a crash left it in memory, though it had waited for more than 36 hours", async () => {
  const path = aFile();
  const lane = { sink: "notify", destination: "broadcast:incident" };
  const first = await aBroadcasting({ store: sqliteStore({ path }) });
  const { service, clock, bus } = first;
  await bus.lanes.pause(lane);
  await first.open("i1");
  await first.open("i0");
  await first.stop();
  const script = { policy: { concurrency: 1 }, batch: { maxTriggers: 1 } };
  const second = await aBroadcasting(
    { ...script, store: sqliteStore({ path }), clock: virtualClock({ startAt: clock.now() + 40 * HOUR }) },
    {},
    service,
  );
  service.faults = { request: () => ({ kind: "hang" }) };
  await second.bus.lanes.resume(lane);
  await second.until(() => expect(second.sent()).toBe(1));
  service.faults = {};

  // The second bus is never stopped: as far as the store knows, it is gone.
  const startAt = second.clock.now() + 600_000;
  const third = await aBroadcasting({ store: sqliteStore({ path }), clock: virtualClock({ startAt }) }, {}, service);
  const { attempts } = await third.once("delivered");

  expect(attempts).toBe(2);
});

it.each([
  { broadcastRetry: false, failures: 1 },
  { broadcastRetry: true, failures: 1 },
  { broadcastRetry: true, failures: 0 },
])(
  "is sent by a replay days after it went through: $broadcastRetry, $failures",
  async ({ broadcastRetry, failures }) => {
    const shop = await aBroadcasting({ broadcastRetry, retention: { ageMs: 72 * HOUR } });
    shop.service.faults = { request: (_, index) => (index < failures ? { kind: "status", status: 500 } : undefined) };
    await shop.open();
    await shop.settled();
    await shop.clock.advance(1_500);
    const { id } = await shop.once("delivered");
    await shop.clock.advance(40 * HOUR);

    await shop.bus.deliveries.replay(id);
    await shop.until(() => expect(shop.sent()).toBe(failures + 2));
    await shop.once("delivered");
  },
);

it("is given up 36 hours after a stop cut it short, under broadcastRetry, and sent by a replay", async () => {
  const path = aFile();
  const first = await aBroadcasting({ store: sqliteStore({ path }), stopTimeoutMs: 100, broadcastRetry: true });
  const { service } = first;
  await stoppedMeanwhile(first);
  const clock = virtualClock({ startAt: first.clock.now() + 36 * HOUR });

  const second = await aBroadcasting({ store: sqliteStore({ path }), clock, broadcastRetry: true }, {}, service);
  const { id, reason } = await second.once("dead");
  const before = second.sent();
  await second.bus.deliveries.replay(id);
  await second.until(() => expect(second.sent()).toBe(2));

  expect(reason).toContain("36 hours");
  expect(before).toBe(1);
});

it.each([{ broadcastRetry: false }, { broadcastRetry: true }])(
  "leaves no note where it is dropped: $broadcastRetry",
  async ({ broadcastRetry }) => {
    const store = memoryStore();
    const shop = await aBroadcasting({ store, broadcastRetry, onInactive: "drop" });
    const body = JSON.stringify({ data: { acknowledged: true, status: "trigger_not_active" } });
    shop.service.faults = { request: () => ({ kind: "body", status: 201, body }) };

    await shop.open();
    await shop.once("skipped");

    expect(await store.state.keys("sink:notify", "unit/")).toEqual([]);
  },
);

describe("that was answered with an error", () => {
  it.each([
    { answer: "500", fault: { kind: "status", status: 500 }, sameKey: false },
    { answer: "408", fault: { kind: "status", status: 408 }, sameKey: true },
  ] as const)("is sent again: $answer", async ({ fault, sameKey }) => {
    const shop = await aBroadcasting();
    shop.service.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
    await shop.open();
    await shop.once("pending");

    await shop.clock.advance(1_500);
    await shop.once("delivered");
    const [first, second] = shop.service.requests;

    expect(second?.headers["idempotency-key"] === first?.headers["idempotency-key"]).toBe(sameKey);
    expect(second?.body).toEqual(first?.body);
  });

  it("is sent again, after a refused connection, until the service is there", async () => {
    const shop = await aBroadcasting();
    await shop.service.close();

    await shop.open();
    const { history } = await shop.once("pending");

    expect(history[0]?.outcome).toBe("retry");
  });

  it("is a dead letter at once: 400", async () => {
    const shop = await aBroadcasting();
    shop.service.faults = { request: () => ({ kind: "status", status: 400, message: "payload: no" }) };
    await shop.open();

    const { reason, attempts } = await shop.once("dead");

    expect(reason).toContain("payload: no");
    expect(attempts).toBe(1);
  });

  it("pauses the lane and asks nothing more for those behind it: 401", async () => {
    const shop = await aBroadcasting({ policy: { concurrency: 1 } });
    shop.service.faults = { request: () => ({ kind: "status", status: 401 }) };

    await shop.bus.publishMany(["i0", "i1", "i2"].map((id) => ({ type: "incident.opened", id, data: { title: id } })));
    await shop.until(() => expect(shop.signals).toHaveLength(1));
    await shop.settled();
    const before = shop.sent();
    shop.service.faults = {};
    await shop.clock.advance(61_000);
    await shop.reach({ delivered: 3 });

    expect(before).toBe(1);
  });

  it("is a dead letter after 36 hours of them", async () => {
    const shop = await aBroadcasting({
      policy: { retry: { baseMs: 3_600_000, factor: 1, maxMs: 3_600_000, attempts: 90 } },
    });
    shop.service.faults = { request: () => ({ kind: "status", status: 500 }) };
    await shop.open();
    await shop.once("pending");

    for (let hours = 0; hours < 37; hours += 1) {
      await shop.until(async () => expect((await shop.deliveries())[0]?.state).not.toBe("leased"));
      await shop.clock.advance(3_600_000);
    }
    const { reason } = await shop.once("dead");

    expect(reason).toContain("has failed for 36 hours");
  });
});

it("is refused in words that tell why, where the rate limit can never pass it", async () => {
  const shop = await aBroadcasting({}, { rateLimit: { limit: 60, windowSeconds: 1, burst: 66 } });
  await shop.open();

  const { reason } = await shop.once("dead");

  expect(reason).toContain("A broadcast costs 100 of the rate limit, which allows 66 at most");
});

it("is skipped once it was cancelled, and not replayed either", async () => {
  const shop = await aBroadcasting({ cancelGraceMs: 0 });
  await shop.bus.sinks.notify.cancel({ event: "i0" });

  await shop.open();
  const { id } = await shop.once("skipped");
  await shop.bus.deliveries.replay(id);
  await shop.until(async () => expect((await shop.once("skipped")).history).toHaveLength(2));

  expect(shop.sent()).toBe(0);
});

it("is a dead letter whose reason names rule and field when the rule fails", async () => {
  const rules = [
    {
      on: "incident.opened",
      broadcast: "incident",
      payload: () => {
        throw new Error("a secret");
      },
    },
  ] as const;
  const shop = await aBroadcasting({ rules });
  await shop.open();

  const { reason } = await shop.once("dead");

  expect(reason).toContain('The rule "broadcast:incident" on "incident.opened" failed: payload');
  expect(reason).not.toContain("a secret");
});
