import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import type { TeleflowRequestFault } from "@bus/testkit";
import { expect, it } from "vitest";
import { transactionIdOf } from "../../src/rules/transaction-id.ts";
import { aStartedBus, shipped } from "../a-started-bus.ts";
import { aCancelling, aFile, cancelledBy, cancelling, CANCELS, HOUR, TRIGGERS, withChange } from "./a-cancellation.ts";

const only = (fault: TeleflowRequestFault) => (request: { operation: string }) =>
  request.operation === "cancel" ? fault : undefined;

it.each([
  { answer: "401", fault: { kind: "status", status: 401 }, afterMs: 60_000 },
  { answer: "402", fault: { kind: "status", status: 402 }, afterMs: 60_000 },
  { answer: "403", fault: { kind: "status", status: 403 }, afterMs: 60_000 },
  { answer: "404", fault: { kind: "status", status: 404, message: "Cannot DELETE" }, afterMs: 60_000 },
  { answer: "429", fault: { kind: "status", status: 429, headers: { "retry-after": "7" } }, afterMs: 7_000 },
] as const)("pauses its lane at $answer, and cancels when it is over", async ({ fault, afterMs }) => {
  const shop = await aCancelling();
  await shop.ship();
  await shop.reach({ delivered: 1 });
  shop.service.faults = { request: only(fault) };

  await shop.refund();
  await shop.until(() => expect(shop.signals).toHaveLength(1));
  shop.service.faults = {};
  await shop.clock.advance(afterMs - 200);
  const before = shop.asked();

  expect(shop.signals[0]).toMatchObject({ name: "paused", destination: CANCELS.destination });
  expect(await shop.said()).toBe("cancelled");
  expect(before).toEqual(["trigger", "cancel"]);
  expect((await shop.cancel()).attempts).toBe(1);
});

it.each([
  { answer: "500", fault: { kind: "status", status: 500, message: "down" }, status: 500, says: "cancelled" },
  { answer: "502 of a gateway", fault: { kind: "status", status: 502, json: false }, status: 502, says: "cancelled" },
  { answer: "408", fault: { kind: "status", status: 408 }, status: 408, says: "cancelled" },
  {
    answer: "a 200 that is no JSON",
    fault: { kind: "body", status: 200, body: "<p>" },
    status: 200,
    says: "cancelled",
  },
  { answer: "a reset", fault: { kind: "reset" }, status: undefined, says: "cancelled" },
  {
    answer: "a reset, but cancelled",
    fault: { kind: "reset", accepts: true },
    status: undefined,
    says: "nothing to cancel",
  },
] as const)("tries again after $answer", async ({ fault, status, says }) => {
  const shop = await aCancelling();
  await shop.ship();
  await shop.reach({ delivered: 1 });
  shop.service.faults = { request: only(fault) };

  await shop.refund();
  await shop.until(async () => expect((await shop.cancel()).history).toHaveLength(1));
  shop.service.faults = {};
  const said = await shop.said();
  const { attempts, history } = await shop.cancel();

  expect(said).toBe(says);
  expect(attempts).toBe(2);
  expect(history[0]).toMatchObject({ outcome: "retry" });
  expect(history[0]?.info?.status).toBe(status);
});

it("is a dead letter after a 400, which nothing mends", async () => {
  const shop = await aCancelling();
  await shop.ship();
  await shop.reach({ delivered: 1 });
  shop.service.faults = { request: only({ kind: "status", status: 400, message: "no such id" }) };

  await shop.refund();
  await shop.reach({ delivered: 1, dead: 1 });

  expect((await shop.cancel()).reason).toBe("The service answered the cancellation with 400: no such id");
});

it("asks nothing more of a service that lets nobody in than what is on its way", async () => {
  const shop = await aCancelling({ policy: { concurrency: 1 } });
  const orders = Array.from({ length: 20 }, (_, index) => `o${index}`);
  await shop.bus.publishMany(
    orders.map((id) => ({ type: "order.shipped", id, data: { orderId: id, customerId: "c0" } })),
  );
  await shop.reach({ delivered: 20 });
  shop.service.faults = { request: only({ kind: "status", status: 401 }) };

  await shop.bus.publishMany(
    orders.map((id) => ({ type: "order.refunded", data: { orderId: id, shippedEventId: id } })),
  );
  await shop.until(() => expect(shop.signals).toHaveLength(1));
  await shop.settled();

  expect(shop.asked().length).toBeLessThanOrEqual(1 + 8);
});

it("cancels what it can while the service fails for another id", async () => {
  const shop = await aCancelling(
    {
      rules: [
        { on: "order.shipped", trigger: "one", to: "c0", transactionId: () => "one" },
        { on: "order.shipped", trigger: "two", to: "c0", transactionId: () => "two" },
        { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
      ],
    },
    { workflows: { one: { delayMs: HOUR }, two: { delayMs: HOUR } } },
  );
  await shop.ship();
  await shop.reach({ delivered: 2 });
  shop.service.faults = {
    request: ({ path }) => (path.endsWith("/one") ? { kind: "status", status: 500 } : undefined),
  };

  await shop.refund();
  await shop.until(async () => expect((await shop.cancel()).history).toHaveLength(1));
  const cancelledMeanwhile = [...shop.service.dropped];
  shop.service.faults = {};

  expect(cancelledMeanwhile).toEqual([{ transactionId: "two", reason: "cancelled" }]);
  expect(await shop.said()).toBe("cancelled");
  await shop.clock.advance(2 * HOUR);
  expect(shop.service.notifications).toEqual([]);
});

it("is a dead letter when the rule names nothing, and replayed once it does", async () => {
  let named: string | undefined;
  const shop = await aCancelling({
    rules: [
      { on: "order.shipped", trigger: "order-shipped", to: "c0" },
      { on: "order.refunded", cancel: () => ({ event: named ?? "" }) },
    ],
  });
  await shop.ship();
  await shop.reach({ delivered: 1 });

  await shop.refund();
  await shop.reach({ delivered: 1, dead: 1 });
  const { id, reason } = await shop.cancel();
  named = "o0";
  await shop.bus.deliveries.replay(id);

  expect(reason).toContain('The rule "cancel:order.refunded" on "order.refunded" failed: cancel');
  expect(await shop.said()).toBe("cancelled");
});

it("goes on after a restart in the middle of its grace", async () => {
  const path = aFile();
  const first = await aCancelling({ store: sqliteStore({ path }) }, { fanOutMs: 12_000 });
  await first.ship();
  await first.reach({ delivered: 1 });
  await first.refund();
  await first.until(() => expect(first.asked()).toEqual(["trigger", "cancel"]));
  await first.stop();

  const { service, clock } = first;
  const next = cancelling(service, await aStartedBus(service, { store: sqliteStore({ path }), clock }));

  expect(await next.said()).toBe("cancelled");
});

it("asks for eight at a time", async () => {
  const shop = await aCancelling({ policy: { concurrency: 1 } });
  const orders = Array.from({ length: 20 }, (_, index) => `o${index}`);
  await shop.bus.publishMany(
    orders.map((id) => ({ type: "order.shipped", id, data: { orderId: id, customerId: "c0" } })),
  );
  await shop.reach({ delivered: 20 });
  shop.service.faults = { request: only({ kind: "latency", ms: 5_000 }) };

  await shop.bus.publishMany(
    orders.map((id) => ({ type: "order.refunded", data: { orderId: id, shippedEventId: id } })),
  );
  const asked: number[] = [];
  for (const most of [8, 16, 20]) {
    await shop.until(() => expect(shop.asked().filter((operation) => operation === "cancel")).toHaveLength(most));
    // Whatever were to follow would be there by now.
    for (let turn = 0; turn < 20; turn += 1) await shop.clock.advance(1);
    asked.push(shop.asked().filter((operation) => operation === "cancel").length);
    await shop.clock.advance(5_000);
  }

  expect(asked).toEqual([8, 16, 20]);
  await shop.reach({ delivered: 40 });
});

it("asks at once and after 5, 10, 20 and 30 s, by a rule as by hand", async () => {
  const shop = await aCancelling({}, { workflows: { "order-shipped": {} } });
  await shop.ship();
  await shop.reach({ delivered: 1 });
  const begunAt = shop.clock.now();
  const askedAt: number[] = [];
  shop.service.faults = {
    request: () => {
      askedAt.push(shop.clock.now() - begunAt);
      return undefined;
    },
  };

  await shop.refund();
  const byHand = shop.bus.sinks.notify.cancel({ event: "o0" });
  byHand.catch(() => undefined);
  await shop.until(() => expect(askedAt).toHaveLength(2));
  for (const [times, second] of [5, 10, 20, 30].entries()) {
    await shop.clock.advance(begunAt + second * 1_000 - 20 - shop.clock.now());
    expect(askedAt).toHaveLength(2 + 2 * times);
    await shop.until(() => expect(askedAt).toHaveLength(4 + 2 * times));
    expect(askedAt.at(-1)).toBeLessThan(second * 1_000 + 20);
  }

  expect(await byHand).toBe("nothing to cancel");
  expect(await shop.said()).toBe("nothing to cancel");
  expect(askedAt).toHaveLength(10);
});

it("keeps what the service has said of one when the notes of another cannot be written", async () => {
  const id = transactionIdOf({ environment: "test", eventId: "o1", ruleId: TRIGGERS.destination, chunk: 0 });
  let failures = 1;
  const store = withChange(memoryStore(), async (changes, change) => {
    if (cancelledBy(changes).includes(id) && failures-- > 0) throw new Error("the disk is full");
    return change();
  });
  const shop = await aCancelling({ store, cancelGraceMs: 0 });
  await shop.bus.publishMany(shipped(2));
  await shop.reach({ delivered: 2 });

  await shop.bus.publishMany(
    shipped(2).map(({ id: order }) => ({ type: "order.refunded", data: { orderId: order, shippedEventId: order } })),
  );
  await shop.until(async () => {
    await shop.clock.advance(200);
    expect((await shop.deliveries()).map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => "delivered"));
  });

  const said = (await shop.deliveries())
    .slice(2)
    .map(({ history }) => history.map(({ reason, info }) => reason ?? info?.detail));
  expect(said).toEqual([["cancelled"], ["the disk is full", "cancelled"]]);
});

it("begins anew when it is replayed", async () => {
  const shop = await aCancelling({ cancelGraceMs: 0 }, { fanOutMs: 12_000 });
  await shop.ship();
  await shop.reach({ delivered: 1 });
  await shop.refund();
  expect(await shop.said()).toBe("nothing to cancel");
  await shop.clock.advance(12_000);

  await shop.bus.deliveries.replay((await shop.cancel()).id);
  await shop.until(async () => expect((await shop.cancel()).history).toHaveLength(2));

  expect(await shop.said()).toBe("cancelled");
  expect(shop.asked()).toEqual(["trigger", "cancel", "cancel"]);
});
