import { CLOCK, createBus, defineSink, delivered, provide, retry } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";
import { z } from "zod";

it("takes an event from publish to every destination, through a retry, in order", async () => {
  const clock = virtualClock();
  const attempts: string[] = [];
  const twoPlaces = defineSink({
    name: "two-places",
    options: z.object({}),
    create: () => ({
      destinations: () => ["x", "y"],
      deliver([delivery]) {
        const attempt = `${delivery?.event.id} to ${delivery?.destination}`;
        attempts.push(attempt);
        return [attempts.length === 1 ? retry("503") : delivered()];
      },
    }),
  });
  const bus = createBus({
    name: "test",
    events: { "order.placed": z.object({ total: z.number() }) },
    sinks: { places: twoPlaces({}) },
    provide: [provide(CLOCK, clock)],
  });
  await bus.start();

  await bus.publish("order.placed", { total: 1 }, { id: "a", key: "k" });
  await bus.publish("order.placed", { total: 2 }, { id: "b", key: "k" });
  await clock.advance(7_000);

  expect(attempts).toEqual(["a to x", "a to y", "b to y", "a to x", "b to x"]);
  expect(await bus.deliveries.stats()).toMatchObject({ delivered: 4, pending: 0, dead: 0 });
  await bus.stop();
  expect(clock.timers).toBe(0);
});
