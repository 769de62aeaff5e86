import { memoryStore, type Store } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aStartedBus } from "../a-started-bus.ts";
import { aCancelling, aFile, cancelledBy, HOUR, TRIGGERS, withChange } from "./a-cancellation.ts";

/** A store in which the notes of cancellations are written only after `release`. */
function holding(): { readonly store: Store; readonly isHeld: () => boolean; readonly release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isHeld = false;
  const store = withChange(memoryStore(), async (changes, change) => {
    if (cancelledBy(changes).length > 0) {
      isHeld = true;
      await promise;
    }
    return change();
  });
  return { store, isHeld: () => isHeld, release: resolve };
}

describe("while a cancellation writes its notes", () => {
  it.each([
    { comes: "a first try begins and ends without an answer", fault: { kind: "reset", accepts: true } as const },
    { comes: "a first try delivers it", fault: undefined },
  ])("$comes: the service is asked", async ({ fault }) => {
    const { store, isHeld, release } = holding();
    const shop = await aCancelling({ store });
    shop.service.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.ship();
    await shop.refund();
    await shop.until(() => expect(isHeld()).toBe(true));

    await shop.bus.lanes.resume(TRIGGERS);
    await shop.until(async () => expect((await shop.trigger()).history).toHaveLength(1));
    release();

    expect(await shop.said()).toBe("cancelled");
    expect(shop.asked()).toEqual(["trigger", "cancel"]);
    await shop.clock.advance(2 * HOUR);
    expect(shop.service.notifications).toEqual([]);
  });

  it("a try fails for good: a replay sends nothing", async () => {
    const { store, isHeld, release } = holding();
    const shop = await aCancelling({ store, cancelGraceMs: 0 });
    shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 400 } : undefined) };
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.ship();
    await shop.refund();
    await shop.until(() => expect(isHeld()).toBe(true));

    await shop.bus.lanes.resume(TRIGGERS);
    await shop.until(async () => expect((await shop.trigger()).state).toBe("dead"));
    release();

    expect(await shop.said()).toBe("nothing to cancel");
    await shop.bus.deliveries.replay((await shop.trigger()).id);
    await shop.until(async () => expect((await shop.trigger()).state).toBe("skipped"));
    expect(shop.asked()).toEqual(["trigger", "cancel"]);
  });
});

it("waits for a try that has begun and not sent yet", async () => {
  const shop = await aCancelling();
  await shop.ship();
  await shop.clock.settled();
  const isOut = (await shop.trigger()).state;

  // It waits for others to go with it, and the clock stands still.
  await shop.refund();
  await shop.clock.settled();
  const before = shop.asked();

  expect(isOut).toBe("leased");
  expect(before).toEqual([]);
  expect(await shop.said()).toBe("cancelled");
  expect(shop.asked()).toEqual(["trigger", "cancel"]);
});

it("waits for a try that is under way in another process on the same store", async () => {
  const path = aFile();
  const clock = virtualClock();
  const shop = await aCancelling({ store: sqliteStore({ path }), deadlineMs: 1_000 }, {}, clock);
  shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
  await shop.ship();
  await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));
  const other = await aStartedBus(shop.service, { store: sqliteStore({ path }), clock });

  const cancelling = other.bus.sinks.notify.cancel({ event: "o0" });
  await clock.advance(5_000);
  const meanwhile = shop.asked();
  await shop.until(async () => {
    await clock.advance(500);
    expect(shop.asked()).toEqual(["trigger", "cancel"]);
  });

  expect(meanwhile).toEqual(["trigger"]);
  expect(await cancelling).toBe("cancelled");
  expect(["discarded", "skipped"]).toContain((await shop.trigger()).state);
});
