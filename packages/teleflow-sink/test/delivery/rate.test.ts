import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped } from "../a-started-bus.ts";

describe("a rate limit", () => {
  it("that no bulk ever passes makes single triggers of them, of which each arrives once and none uses up an attempt", async () => {
    const clock = virtualClock();
    const service = await aService({ clock, rateLimit: { limit: 60, windowSeconds: 1, burst: 66 } });
    const { bus, deliveries, until } = await aStartedBus(service, { clock });

    await bus.publishMany(shipped(150));
    await until(async () => {
      await clock.advance(100);
      expect((await deliveries()).every(({ state }) => state === "delivered")).toBe(true);
    });
    await service.settled();

    const bulks = service.requests.filter(({ operation }) => operation === "bulk");
    expect(bulks.length).toBeLessThanOrEqual(2);
    expect(bulks.every(({ status }) => status === 429)).toBe(true);
    expect((await deliveries()).every(({ attempts }) => attempts === 1)).toBe(true);
    expect(new Set(service.notifications.map(({ subscriberId }) => subscriberId)).size).toBe(150);
    expect(service.dropped).toEqual([]);
  });

  it("that bulks use up holds the rest back until there is room again", async () => {
    const clock = virtualClock();
    const service = await aService({ clock, rateLimit: { limit: 100, windowSeconds: 1, burst: 200 } });
    const { bus, deliveries, until, signals } = await aStartedBus(service, { clock });

    await bus.publishMany(shipped(500));
    await until(async () => {
      await clock.advance(100);
      expect((await deliveries()).every(({ state }) => state === "delivered")).toBe(true);
    });
    await service.settled();

    expect(signals.map(({ name }) => name)).toContain("paused");
    expect((await deliveries()).every(({ attempts }) => attempts === 1)).toBe(true);
    expect(service.notifications).toHaveLength(500);
    expect(service.dropped).toEqual([]);
  });

  it("of a lane does not hold up events of others for good", async () => {
    const clock = virtualClock();
    const service = await aService({
      clock,
      subscribers: ["c0"],
      rateLimit: { limit: 100, windowSeconds: 1, burst: 100 },
    });
    const { bus, until, deliveries } = await aStartedBus(service, { clock });

    await bus.publishMany([...shipped(50), { type: "incident.opened", data: { title: "down" } }]);
    await until(async () => {
      await clock.advance(100);
      expect((await deliveries()).every(({ state }) => state === "delivered")).toBe(true);
    });

    expect((await deliveries()).every(({ attempts }) => attempts === 1)).toBe(true);
  });
});
