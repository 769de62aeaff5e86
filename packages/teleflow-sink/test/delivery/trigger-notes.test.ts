import { memoryStore } from "@bus/core";
import type { TeleflowStub } from "@bus/testkit";
import { expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";
import { aCancelling, withChange } from "../cancel/a-cancellation.ts";

const KEY_IN_USE = {
  kind: "status",
  status: 422,
  message: 'Request with key "k" is being reused for a different body',
} as const;

function keysOf({ requests }: TeleflowStub): readonly unknown[] {
  return requests.map(({ headers }) => headers["idempotency-key"]);
}

it("a trigger that was not let in is asked for with another key, as after any error answer", async () => {
  const service = await aService();
  service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 401 } : undefined) };
  const { bus, clock, until, reach, signals } = await aStartedBus(service);
  await bus.publishMany(shipped(1));
  await until(() => expect(signals).toHaveLength(1));

  await clock.advance(61_000);
  await reach({ delivered: 1 });

  expect(new Set(keysOf(service)).size).toBe(2);
});

it("the outcome of a try is not told before what the next one must know is written", async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let isHeld = false;
  const store = withChange(memoryStore(), async (changes, change) => {
    if (changes.some(({ key }) => key.startsWith("unit/"))) {
      isHeld = true;
      await released;
    }
    return change();
  });
  const service = await aService();
  service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 500 } : undefined) };
  const { bus, clock, until, deliveries } = await aStartedBus(service, { store });
  await bus.publishMany(shipped(1));
  await until(() => expect(isHeld).toBe(true));
  await clock.advance(100);

  const [held] = await deliveries();
  release();
  await until(async () => expect((await deliveries())[0]?.state).toBe("pending"));

  expect(held?.state).toBe("leased");
});

it("a hundred of the recipients whose trigger was cancelled by its own id is left out, and only that", async () => {
  const service = await aService();
  const rule: ShopRule = {
    on: "digest.due",
    trigger: "digest",
    to: (e) => e.data.customerIds,
    transactionId: (e) => e.id,
  };
  const { bus, settled } = await aStartedBus(service, { rules: [rule], cancelGraceMs: 0 });
  await bus.sinks.notify.cancel("d0_1");

  const customerIds = Array.from({ length: 250 }, (_, index) => `c${index}`);
  await bus.publish("digest.due", { customerIds }, { id: "d0" });
  await settled();
  await service.settled();

  const sent = service.requests.flatMap(({ triggers }) => triggers.map(({ transactionId }) => transactionId));
  expect(sent).toEqual(["d0", "d0_2"]);
});

it("a trigger that the service refused is asked for with another key when it is replayed", async () => {
  const service = await aService();
  service.faults = { request: (_, index) => (index === 0 ? { kind: "status", status: 400 } : undefined) };
  const { bus, reach } = await aStartedBus(service);
  await bus.publishMany(shipped(1));
  const [dead] = await reach({ dead: 1 });

  await bus.deliveries.replay(dead?.id ?? "");
  await reach({ delivered: 1 });

  expect(new Set(keysOf(service)).size).toBe(2);
});

it("what a cancellation notes outlives the success of the try that was under way, with a note of its own", async () => {
  // The service takes as long as the clock says, which stands still; the sink waits for it in real time.
  const shop = await aCancelling();
  const { service, clock, until, bus } = shop;
  const faults = [
    { kind: "status", status: 500 },
    { kind: "latency", ms: 10_000 },
  ] as const;
  service.faults = { request: (_, index) => faults[index] };
  await shop.ship();
  await shop.settled();
  await clock.advance(2_000);
  await until(() => expect(shop.asked()).toEqual(["trigger", "trigger"]));

  await shop.refund();
  await until(async () => expect((await shop.cancel()).state).toBe("leased"));
  await clock.advance(10_000);
  const said = await shop.said();
  await bus.deliveries.replay((await shop.trigger()).id);
  await until(async () => expect((await shop.trigger()).state).toBe("skipped"));

  expect(said).toBe("cancelled");
  expect(shop.asked()).toEqual(["trigger", "trigger", "cancel"]);
});

it("a replay may meet a key that is in use for another body once, too", async () => {
  const service = await aService();
  service.faults = { request: (_, index) => (index % 2 === 0 ? KEY_IN_USE : undefined) };
  const { bus, clock, reach, settled, deliveries, until } = await aStartedBus(service);
  await bus.publishMany(shipped(1));
  await settled();
  await clock.advance(2_000);
  const [first] = await reach({ delivered: 1 });

  await bus.deliveries.replay(first?.id ?? "");
  await until(async () => expect((await deliveries())[0]?.state).toBe("pending"));
  await clock.advance(2_000);
  await reach({ delivered: 1 });

  expect(service.requests).toHaveLength(4);
});
