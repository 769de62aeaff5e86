import { expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";

const toSome: ShopRule = {
  on: "order.shipped",
  trigger: "order-shipped",
  where: (e) => e.data.customerId !== "c1",
  to: (e) => e.data.customerId,
};
const toAll: ShopRule = { on: "order.shipped", trigger: "stock-changed", to: "depot" };

it("leaves out the events that a rule is not for, and none for other rules", async () => {
  const service = await aService();
  const { bus, reach } = await aStartedBus(service, { rules: [toSome, toAll] });

  await bus.publishMany(shipped(3));
  const ended = await reach({ delivered: 5, skipped: 1 });

  expect(service.notifications.map(({ subscriberId }) => subscriberId).toSorted()).toEqual([
    "c0",
    "c2",
    "depot",
    "depot",
    "depot",
  ]);
  expect(ended.find(({ state }) => state === "skipped")).toMatchObject({
    destination: "trigger:order-shipped",
    reason: "The rule is not for this event.",
  });
});

it.each<[string, ShopRule]>([
  ["broadcast", { on: "order.shipped", broadcast: "incident", where: () => false }],
  ["cancel rule", { on: "order.shipped", where: () => false, cancel: () => ({ transactionId: "a" }) }],
])("holds for a %s too", async (_, rule) => {
  const service = await aService();
  const { bus, reach } = await aStartedBus(service, { rules: [rule] });

  await bus.publishMany(shipped(1));
  await reach({ skipped: 1 });

  expect(service.requests).toEqual([]);
});

it("makes a dead letter where it throws", async () => {
  const where = (): boolean => {
    throw new RangeError("which customer?");
  };
  const service = await aService();
  const { bus, reach } = await aStartedBus(service, { rules: [{ ...toSome, where }, toAll] });

  await bus.publishMany(shipped(1));
  const ended = await reach({ delivered: 1, dead: 1 });

  expect(ended.find(({ state }) => state === "dead")?.reason).toBe(
    'The rule "trigger:order-shipped" on "order.shipped" failed: where: it threw RangeError',
  );
});
