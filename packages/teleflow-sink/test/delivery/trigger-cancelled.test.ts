import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";

describe("a trigger that was cancelled", () => {
  it("is not sent again by a replay", async () => {
    const service = await aService({ workflows: { "order-shipped": { delayMs: 60_000 } } });
    const { bus, reach, deliveries } = await aStartedBus(service);
    await bus.publishMany(shipped(1));
    const [sent] = await reach({ delivered: 1 });
    await service.settled();

    const cancelled = await bus.sinks.notify.cancel({ event: "o0" });
    await bus.deliveries.replay(sent?.id ?? "");
    await reach({ skipped: 1 });

    expect(cancelled).toBe("cancelled");
    expect((await deliveries())[0]?.reason).toBe("It was cancelled.");
    expect(service.requests.map(({ operation }) => operation)).toEqual(["trigger", "cancel"]);
  });

  it("while it waits for its next try is not sent again", async () => {
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 500 } : undefined) };
    const { bus, clock, settled, until, deliveries } = await aStartedBus(service, { cancelGraceMs: 0 });
    await bus.publishMany(shipped(1));
    await settled();

    const cancelling = bus.sinks.notify.cancel({ event: "o0" });
    await until(() => expect(service.requests).toHaveLength(2));
    await cancelling;
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000);

    expect((await deliveries())[0]?.state).toBe("discarded");
    expect(service.requests.map(({ operation }) => operation)).toEqual(["trigger", "cancel"]);
  });

  it("before its event was published is not sent at all, whatever the number of its recipients", async () => {
    const service = await aService();
    const rule: ShopRule = { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds };
    const { bus, reach } = await aStartedBus(service, { rules: [rule], cancelGraceMs: 0 });
    await bus.sinks.notify.cancel({ event: "d0" });

    await bus.publish(
      "digest.due",
      { customerIds: Array.from({ length: 250 }, (_, index) => `c${index}`) },
      { id: "d0" },
    );
    await reach({ skipped: 1 });

    expect(service.requests.map(({ operation }) => operation)).toEqual(["cancel"]);
  });
});
