import { describe, expect, it } from "vitest";
import { aCancelling, HOUR, TRIGGERS, type Cancelling } from "./a-cancellation.ts";

/** Nothing arrives, however long one waits, nor after a replay. */
async function staysSuppressed({ bus, clock, service, until, trigger, asked }: Cancelling): Promise<void> {
  const before = asked();
  await bus.deliveries.replay((await trigger()).id);
  await until(async () => expect((await trigger()).state).toBe("skipped"));
  await clock.advance(2 * HOUR);

  expect((await trigger()).reason).toBe("It was cancelled.");
  expect(asked()).toEqual(before);
  expect(service.notifications).toEqual([]);
}

describe("what the bus still holds", () => {
  it("is removed there without a request, and a replay of it is suppressed", async () => {
    const shop = await aCancelling();
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.ship();

    await shop.refund();

    expect(await shop.said()).toBe("removed before it was sent");
    expect((await shop.trigger()).state).toBe("discarded");
    expect(shop.asked()).toEqual([]);
    await shop.bus.lanes.resume(TRIGGERS);
    await staysSuppressed(shop);
  });

  it("is removed from a lane that is disabled", async () => {
    const shop = await aCancelling();
    await shop.bus.lanes.disable(TRIGGERS);
    await shop.ship();

    await shop.refund();

    expect(await shop.said()).toBe("removed before it was sent");
    expect(shop.asked()).toEqual([]);
  });

  it.each([
    { before: "an ambiguous try that arrived", accepts: true, says: "cancelled" },
    { before: "an ambiguous try that did not", accepts: false, says: "nothing to cancel" },
  ])("is removed after $before, and the service is asked too", async ({ accepts, says }) => {
    const shop = await aCancelling();
    shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "reset", accepts } : undefined) };
    await shop.ship();
    await shop.until(async () => expect((await shop.trigger()).history).toHaveLength(1));

    await shop.refund();

    expect(await shop.said()).toBe(says);
    expect((await shop.trigger()).state).toBe("discarded");
    expect(shop.asked().slice(0, 2)).toEqual(["trigger", "cancel"]);
    await staysSuppressed(shop);
  });

  it("is removed when both are published together, or cancelled by the service", async () => {
    const shop = await aCancelling();

    await shop.bus.publishMany([
      { type: "order.shipped", id: "o0", data: { orderId: "o0", customerId: "c0" } },
      { type: "order.refunded", id: "r0", data: { orderId: "o0", shippedEventId: "o0" } },
    ]);

    expect(["cancelled", "removed before it was sent"]).toContain(await shop.said());
    await shop.clock.advance(2 * HOUR);
    expect(shop.service.notifications).toEqual([]);
  });
});

describe("what is in flight", () => {
  it.each([
    { answer: "late", fault: { kind: "latency", ms: 600 }, state: "delivered" },
    { answer: "not at all, and took it", fault: { kind: "hang", accepts: true }, state: "skipped" },
  ] as const)("is asked for once its try has ended: answered $answer", async ({ fault, state }) => {
    const shop = await aCancelling({ deadlineMs: 1_000 });
    shop.service.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
    await shop.ship();
    await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));

    await shop.refund();
    await shop.until(async () => expect((await shop.cancel()).state).toBe("leased"));
    const meanwhile = shop.asked();

    expect(await shop.said()).toBe("cancelled");
    expect(meanwhile).toEqual(["trigger"]);
    expect(shop.asked()).toEqual(["trigger", "cancel"]);
    await shop.clock.advance(5_000);
    expect((await shop.trigger()).state).toBe(state);
    await staysSuppressed(shop);
  });

  it("is not sent again when its try fails", async () => {
    const shop = await aCancelling();
    shop.service.faults = {
      request: (_, index) => (index === 0 ? { kind: "latency", ms: 2_000 } : undefined),
      trigger: () => ({ status: "error", error: ["a lost connection"] }),
    };
    await shop.ship();
    await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));
    await shop.refund();

    const said = await shop.said();
    shop.service.faults = {};

    expect(said).toBe("nothing to cancel");
    expect(shop.asked().filter((operation) => operation === "trigger")).toHaveLength(1);
    await staysSuppressed(shop);
  });
});

describe("what was delivered", () => {
  it("is cancelled by the service while it waits there", async () => {
    const shop = await aCancelling();
    await shop.ship();
    await shop.reach({ delivered: 1 });

    await shop.refund();

    expect(await shop.said()).toBe("cancelled");
    expect(shop.asked()).toEqual(["trigger", "cancel"]);
    await shop.clock.advance(2 * HOUR);
    expect(shop.service.notifications).toEqual([]);
    await staysSuppressed(shop);
  });

  it("is asked for again while the service has not got round to it", async () => {
    const shop = await aCancelling({}, { fanOutMs: 12_000 });
    await shop.ship();
    await shop.reach({ delivered: 1 });

    await shop.refund();

    expect(await shop.said()).toBe("cancelled");
    expect(shop.asked()).toEqual(["trigger", "cancel", "cancel", "cancel", "cancel"]);
    expect((await shop.cancel()).attempts).toBe(1);
  });

  it.each([
    { cancelGraceMs: undefined, times: 5 },
    { cancelGraceMs: 10_000, times: 3 },
    { cancelGraceMs: 0, times: 1 },
  ])("and executed is nothing to cancel, after a grace of $cancelGraceMs ms", async ({ cancelGraceMs, times }) => {
    const shop = await aCancelling(cancelGraceMs === undefined ? {} : { cancelGraceMs }, {
      workflows: { "order-shipped": {} },
    });
    await shop.ship();
    await shop.reach({ delivered: 1 });

    await shop.refund();

    expect(await shop.said()).toBe("nothing to cancel");
    expect(shop.asked()).toEqual(["trigger", ...Array.from({ length: times }, () => "cancel")]);
    expect(shop.service.notifications).toHaveLength(1);
  });
});

it("suppresses the replay of a dead letter", async () => {
  const shop = await aCancelling({ cancelGraceMs: 0 }, { workflows: { "order-shipped": { state: "inactive" } } });
  await shop.ship();
  await shop.reach({ dead: 1 });

  await shop.refund();

  expect(await shop.said()).toBe("nothing to cancel");
  await staysSuppressed(shop);
});

describe("an event that the bus does not have", () => {
  it("that retention has forgotten is cancelled at the service", async () => {
    const shop = await aCancelling({ retention: { ageMs: 1_000 } });
    await shop.ship();
    await shop.reach({ delivered: 1 });
    await shop.clock.advance(130_000);
    expect(await shop.deliveries()).toEqual([]);

    await shop.refund();

    expect(await shop.said()).toBe("cancelled");
    await shop.clock.advance(2 * HOUR);
    expect(shop.service.notifications).toEqual([]);
  });

  it("that is published later is not sent", async () => {
    const shop = await aCancelling({ cancelGraceMs: 0 });
    await shop.refund();
    expect(await shop.said()).toBe("nothing to cancel");

    await shop.ship();

    await shop.until(async () => expect((await shop.trigger()).state).toBe("skipped"));
    expect(shop.asked()).not.toContain("trigger");
  });

  it("that is published later is sent to no hundred of its recipients", async () => {
    const customerIds = Array.from({ length: 250 }, (_, index) => `c${index}`);
    const shop = await aCancelling({
      cancelGraceMs: 0,
      rules: [
        { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds },
        { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
      ],
    });
    await shop.refund("d0");
    await shop.said();

    await shop.bus.publish("digest.due", { customerIds }, { id: "d0" });
    await shop.reach({ delivered: 1, skipped: 1 });

    expect(shop.service.notifications).toEqual([]);
  });
});

it("cancels every hundred of a rule's recipients", async () => {
  const customerIds = Array.from({ length: 250 }, (_, index) => `c${index}`);
  const shop = await aCancelling(
    {
      rules: [
        { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds },
        { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
      ],
    },
    { workflows: { digest: { delayMs: HOUR } } },
  );
  await shop.bus.publish("digest.due", { customerIds }, { id: "d0" });
  await shop.reach({ delivered: 1 });

  await shop.refund("d0");

  expect(await shop.said()).toBe("cancelled");
  expect(shop.asked()).toEqual(["bulk", "cancel", "cancel", "cancel"]);
  await shop.clock.advance(2 * HOUR);
  expect(shop.service.notifications).toEqual([]);
});

it("cancels what all rules have sent for the event, and of one that was cancelled asks no more", async () => {
  const shop = await aCancelling(
    {
      rules: [
        { on: "order.shipped", trigger: "order-shipped", to: (e) => e.data.customerId },
        { on: "order.shipped", trigger: "at-once", to: (e) => e.data.customerId },
        { on: "order.shipped", broadcast: "news" },
        { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
      ],
    },
    { workflows: { "order-shipped": { delayMs: HOUR }, "at-once": {}, news: { delayMs: HOUR } }, subscribers: ["c1"] },
  );
  await shop.ship();
  await shop.reach({ delivered: 3 });

  await shop.refund();

  expect(await shop.said()).toBe("cancelled");
  const cancels = shop.service.requests.filter(({ operation }) => operation === "cancel");
  const counts = Object.values(Object.groupBy(cancels, ({ path }) => path)).map((paths) => paths?.length);
  expect(counts.toSorted()).toEqual([1, 1, 5]);
  await shop.clock.advance(2 * HOUR);
  expect(shop.service.notifications.map(({ workflow }) => workflow)).toEqual(["at-once"]);
});

describe("by transaction id", () => {
  const rules = [
    {
      on: "order.shipped",
      trigger: "order-shipped",
      to: (e: { data: { customerId: string } }) => e.data.customerId,
      transactionId: (e: { data: { orderId: string } }) => `shipping-${e.data.orderId}`,
    },
    {
      on: "order.refunded",
      cancel: (e: { data: { orderId: string } }) => ({ transactionId: `shipping-${e.data.orderId}` }),
    },
  ] as const;

  it("removes what the bus still holds, without a request", async () => {
    const shop = await aCancelling({ rules });
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.ship();
    await shop.bus.publish("order.shipped", { orderId: "o1", customerId: "c1" });

    await shop.refund();

    expect(await shop.said()).toBe("removed before it was sent");
    await shop.bus.lanes.resume(TRIGGERS);
    await shop.reach({ delivered: 2, discarded: 1 });
    expect(shop.asked()).toEqual(["trigger"]);
    expect(shop.service.requests[0]?.triggers[0]?.transactionId).toBe("shipping-o1");
  });

  it("cancels what the service has", async () => {
    const shop = await aCancelling({ rules });
    await shop.ship();
    await shop.reach({ delivered: 1 });

    await shop.refund();

    expect(await shop.said()).toBe("cancelled");
    expect(shop.service.requests[1]?.path).toBe("/v1/events/trigger/shipping-o0");
    await staysSuppressed(shop);
  });

  it("keeps back what is published together with its cancellation", async () => {
    const shop = await aCancelling({ rules });

    await shop.bus.publishMany([
      { type: "order.shipped", id: "o0", data: { orderId: "o0", customerId: "c0" } },
      { type: "order.refunded", id: "r0", data: { orderId: "o0", shippedEventId: "o0" } },
    ]);
    await shop.said();

    await shop.clock.advance(2 * HOUR);
    expect(shop.service.notifications).toEqual([]);
  });
});
