import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";
import { aBroadcasting } from "../broadcast/a-broadcast.ts";
import { aFile, withChange } from "../cancel/a-cancellation.ts";

it("a broadcast does not go out before it is noted", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isHeld = false;
  const store = withChange(memoryStore(), async (changes, change) => {
    if (changes.some(({ key }) => key.startsWith("unit/"))) {
      isHeld = true;
      await released;
    }
    return change();
  });
  const { clock, open, once, sent, until } = await aBroadcasting({ store });
  await open();
  await until(() => expect(isHeld).toBe(true));
  await clock.advance(100);

  const before = sent();
  release();
  await once("delivered");

  expect(before).toBe(0);
  expect(sent()).toBe(1);
});

it("a broadcast that a stop cut short is sent again where broadcastRetry has been set since", async () => {
  const path = aFile();
  const first = await aBroadcasting({ store: sqliteStore({ path }), stopTimeoutMs: 100 });
  const { service, clock } = first;
  service.faults = { request: () => ({ kind: "hang" }) };
  await first.open();
  await first.until(() => expect(first.sent()).toBe(1));
  await first.stop();
  service.faults = {};

  const later = virtualClock({ startAt: clock.now() + 60_000 });
  const second = await aBroadcasting({ store: sqliteStore({ path }), clock: later, broadcastRetry: true }, {}, service);
  await second.once("delivered");

  expect(second.sent()).toBe(2);
});
