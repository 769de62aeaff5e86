import type { HttpRequest, HttpTransport } from "@bus/http";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";
import { aClient, aTrigger } from "../calls/a-service.ts";
import { aCancelling, aFile, HOUR } from "../cancel/a-cancellation.ts";
import { fresh } from "../sending/a-sender.ts";
import { TriggerSender } from "../../src/sending/trigger-sender.ts";

it("triggers that go together are given the time of the one that has the least", async () => {
  const clock = virtualClock();
  const requests: HttpRequest[] = [];
  const http: HttpTransport = {
    request: (request) => {
      requests.push(request);
      return Promise.reject(new Error("no service"));
    },
    stop: () => Promise.resolve(),
  };
  const sender = new TriggerSender(
    aClient("http://127.0.0.1/v1", { clock, http }),
    { maxTriggers: 100, maxBytes: 1_000_000 },
    clock,
  );
  const { signal } = new AbortController();
  const now = clock.steady();

  const sent = [4_000, 2_000].map((ms) => sender.send([fresh(aTrigger(`t${ms}`))], { signal, endsAt: now + ms }));
  await clock.advance(10);
  await Promise.all(sent);

  expect(requests).toHaveLength(1);
  expect(requests[0]?.deadlineMs).toBeLessThanOrEqual(2_000);
});

it("a unit is tried until each of its triggers has its end, and is a dead letter if one of them was refused", async () => {
  const service = await aService();
  let hasFailed = false;
  service.faults = {
    trigger: ({ to }) => {
      if ((to as readonly unknown[]).length === 50) return { status: "invalid_recipients" };
      if (hasFailed) return undefined;
      hasFailed = true;
      return { status: "error", error: ["the database is away"] };
    },
  };
  const rule: ShopRule = { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds };
  const { bus, clock, settled, reach } = await aStartedBus(service, { rules: [rule] });

  await bus.publish("digest.due", { customerIds: Array.from({ length: 250 }, (_, index) => `c${index}`) });
  const [open] = await settled();
  await clock.advance(2_000);
  await reach({ dead: 1 });
  await service.settled();

  expect(open?.state).toBe("pending");
  expect(service.notifications).toHaveLength(200);
});

it("a cancellation is not asked for while the rate limit is known to be used up", async () => {
  const shop = await aCancelling({}, { rateLimit: { limit: 1, windowSeconds: 60, burst: 1 } });
  await shop.ship();
  await shop.until(async () => expect((await shop.trigger()).state).toBe("delivered"));

  await shop.refund();
  await shop.until(async () => expect((await shop.cancel()).history).toHaveLength(1));
  const before = shop.asked();
  const said = await shop.said();

  expect(before).toEqual(["trigger"]);
  expect(said).toBe("cancelled");
  expect(shop.service.requests.map(({ status }) => status)).toEqual([201, 200]);
});

it("notes that are too old to be of use are gone after the next start", async () => {
  const service = await aService();
  const path = aFile();
  const clock = virtualClock();
  service.faults = { request: () => ({ kind: "status", status: 400 }) };
  const first = await aStartedBus(service, { store: sqliteStore({ path }), clock });
  await first.bus.publishMany(shipped(1));
  await first.reach({ dead: 1 });
  await first.stop();
  const before = await notesIn(path);
  await clock.advance(61 * 24 * HOUR);

  const second = await aStartedBus(service, { store: sqliteStore({ path }), clock });
  await second.stop();

  expect(before).toHaveLength(1);
  expect(await notesIn(path)).toEqual([]);
});

async function notesIn(path: string): Promise<readonly string[]> {
  const store = sqliteStore({ path });
  await store.open();
  try {
    return await store.state.keys("sink:notify", "unit/");
  } finally {
    await store.close();
  }
}
