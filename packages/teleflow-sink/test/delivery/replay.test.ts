import type { DeliveryView } from "@bus/core";
import { expect, it } from "vitest";
import { aService, aStartedBus, shipped } from "../a-started-bus.ts";

const HOUR_MS = 3_600_000;

it.each([
  { end: "a schedule of one attempt", attempts: 1, isDiscarded: false },
  { end: "being discarded", attempts: 46, isDiscarded: true },
])("what was left open by its only try is sent when it is replayed after 36 hours: after $end", async (row) => {
  const service = await aService();
  service.faults = { request: (_, index) => (index === 0 ? { kind: "reset" } : undefined) };
  const retry = { baseMs: 1_000, factor: 1, maxMs: 1_000, attempts: row.attempts };
  const { bus, clock, settled, reach } = await aStartedBus(service, {
    policy: { retry },
    retention: { ageMs: 48 * HOUR_MS },
  });
  await bus.publishMany(shipped(1));
  const [ended] = await settled();
  if (row.isDiscarded) await bus.deliveries.discard(ended?.id ?? "");
  await clock.advance(37 * HOUR_MS);

  await bus.deliveries.replay(ended?.id ?? "");
  await reach({ delivered: 1 });

  expect(service.requests).toHaveLength(2);
});

it("what has failed for 36 hours is given up again after 36 more", async () => {
  const service = await aService();
  service.faults = { request: () => ({ kind: "status", status: 500 }) };
  const retry = { baseMs: HOUR_MS, factor: 1, maxMs: HOUR_MS, attempts: 90 };
  const { bus, clock, until, deliveries } = await aStartedBus(service, { policy: { retry } });
  const givenUp = async (): Promise<DeliveryView> => {
    for (let hours = 0; hours < 45; hours += 1) {
      const [delivery] = await until(async () => {
        const found = await deliveries();
        expect(found[0]?.state).not.toBe("leased");
        return found;
      });
      if (delivery?.state === "dead") return delivery;
      await clock.advance(HOUR_MS);
    }
    throw new Error("It is not given up.");
  };

  await bus.publishMany(shipped(1));
  const first = await givenUp();
  await bus.deliveries.replay("o0/notify/trigger:order-shipped");
  const second = await givenUp();

  const reason = expect.stringContaining("36 hours");
  expect(first).toMatchObject({ attempts: expect.closeTo(37, -1), reason });
  expect(second).toMatchObject({ attempts: expect.closeTo(37, -1), reason });
});
