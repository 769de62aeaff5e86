import type { TeleflowRequestFault, TeleflowTriggerFault } from "@bus/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";

const requestFault: fc.Arbitrary<TeleflowRequestFault | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.record({
    kind: fc.constant("status" as const),
    status: fc.constantFrom(401, 402, 403, 404, 408, 409, 429, 500, 502, 503),
    json: fc.boolean(),
    accepts: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("reset" as const), accepts: fc.boolean() }),
  fc.record({ kind: fc.constant("results" as const), count: fc.nat(5) }),
  fc.constant({ kind: "body" as const, status: 200, body: "<html>", accepts: true }),
);

const triggerFault: fc.Arbitrary<TeleflowTriggerFault | undefined> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(undefined) },
  fc.constantFrom({ status: "error", error: ["redis is down"] }, { status: "trigger_not_active" }, { status: "what?" }),
);

const rules: readonly ShopRule[] = [
  { on: "order.shipped", trigger: "order-shipped", to: (e) => e.data.customerId },
  {
    on: "order.shipped",
    trigger: "stock-changed",
    to: (e) => Array.from({ length: 120 }, (_, index) => `${e.data.orderId}-${index}`),
  },
];

it("whatever fails for a while, everybody is notified once", async () => {
  const script = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    maxTriggers: fc.integer({ min: 1, max: 8 }),
    requests: fc.array(requestFault, { maxLength: 15 }),
    triggers: fc.array(triggerFault, { maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(script, async ({ count, maxTriggers, requests, triggers }) => {
      const service = await aService();
      const faults = triggers.values();
      service.faults = { request: (_, index) => requests[index], trigger: () => faults.next().value };
      const started = await aStartedBus(service, { rules, onInactive: "retry", batch: { maxTriggers } });

      await started.bus.publishMany(shipped(count));
      await started.until(async () => {
        await started.clock.advance(300);
        const states = new Set((await started.deliveries()).map(({ state }) => state));
        expect(states).toEqual(new Set(["delivered"]));
      });
      await service.settled();

      expect(service.notifications).toHaveLength(count * 121);
      expect(new Set(service.notifications.map(({ subscriberId }) => subscriberId)).size).toBe(count * 121);
      expect(service.dropped.every(({ reason }) => reason === "duplicate")).toBe(true);
      await started.stop();
      await service.close();
    }),
    { numRuns: 25 },
  );
}, 60_000);
