import type { TeleflowStub, TeleflowTriggerFault } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule, type StartedBus } from "../a-started-bus.ts";

const HOUR_MS = 3_600_000;
const lane = { sink: "notify", destination: "trigger:order-shipped" };
const confirm = { afterMs: 60_000 };

describe("with confirm, a trigger that was accepted", () => {
  it("is delivered once the service has notifications of it", async () => {
    const { service, started } = await accepted();

    const [waiting] = await started.settled();
    await started.clock.advance(59_000);
    const before = service.requests.length;
    await started.clock.advance(1_500);
    const [ended] = await started.reach({ delivered: 1 });

    expect(waiting).toMatchObject({ state: "pending", attempts: 0 });
    expect(waiting?.reason).toBe("It was accepted, and waits for its confirmation.");
    expect(before).toBe(1);
    expect(operationsOf(service)).toEqual(["trigger", "notifications"]);
    const id = service.requests[0]?.triggers[0]?.transactionId ?? "";
    expect(service.requests[1]?.path).toBe(`/v1/notifications?transactionId=${id}`);
    expect(ended?.history.at(-1)?.info).toEqual({ detail: id });
  });

  it("and came to nothing is triggered again with the same id, and delivered when that one is confirmed", async () => {
    const { service, started } = await accepted({ lost: 1 });

    await started.settled();
    await started.clock.advance(60_000);
    const [again] = await started.settled(2);
    await started.clock.advance(60_000);
    await started.reach({ delivered: 1 });
    await service.settled();

    expect(again).toMatchObject({ state: "pending", attempts: 0 });
    expect(operationsOf(service)).toEqual(["trigger", "notifications", "trigger", "notifications"]);
    expect(service.requests[2]?.body).toEqual(service.requests[0]?.body);
    expect(service.requests[2]?.headers["idempotency-key"]).not.toBe(service.requests[0]?.headers["idempotency-key"]);
    expect(service.notifications).toHaveLength(1);
  });

  it("and came to nothing twice is a dead letter, and begins anew when it is replayed", async () => {
    const { service, started } = await accepted({ lost: 2 });

    await started.settled();
    await started.clock.advance(60_000);
    await started.settled(2);
    await started.clock.advance(60_000);
    const [dead] = await started.reach({ dead: 1 });
    await started.bus.deliveries.replay(dead?.id ?? "");
    await started.until(() => expect(operationsOf(service)).toHaveLength(5));
    await started.settled(4);
    await started.clock.advance(60_000);
    await started.reach({ delivered: 1 });
    await service.settled();

    expect(dead?.reason).toContain("accepted it twice");
    expect(operationsOf(service)).toEqual([
      "trigger",
      "notifications",
      "trigger",
      "notifications",
      "trigger",
      "notifications",
    ]);
    expect(service.notifications).toHaveLength(1);
  });

  it.each([
    { answer: "500", fault: { kind: "status", status: 500 } as const, attempts: 1 },
    { answer: "a reset", fault: { kind: "reset" } as const, attempts: 1 },
    { answer: "what is no list", fault: { kind: "body", status: 200, body: "<html>" } as const, attempts: 1 },
    { answer: "429", fault: { kind: "status", status: 429 } as const, attempts: 0 },
    { answer: "401", fault: { kind: "status", status: 401 } as const, attempts: 0 },
  ])("is asked after again when the question is answered by $answer", async ({ fault, attempts }) => {
    const { service, started } = await accepted();
    service.faults = { request: (_, index) => (index === 1 ? fault : undefined) };

    await started.settled();
    await started.clock.advance(60_000);
    const [open] = await started.settled(2);
    await started.clock.advance(61_000);
    await started.reach({ delivered: 1 });

    expect(open).toMatchObject({ state: "pending", attempts });
    expect(operationsOf(service)).toEqual(["trigger", "notifications", "notifications"]);
  });

  it("is a dead letter once nobody could say of it for 36 hours, and asked after again when it is replayed", async () => {
    const { service, started } = await accepted();
    service.faults = {
      request: ({ operation }) => (operation === "trigger" ? undefined : { kind: "status", status: 500 }),
    };

    await started.settled();
    await started.clock.advance(60_000);
    await started.settled(2);
    await started.bus.lanes.pause(lane);
    await started.clock.advance(36 * HOUR_MS);
    await started.bus.lanes.resume(lane);
    const [dead] = await started.reach({ dead: 1 });
    service.faults = {};
    await started.bus.deliveries.replay(dead?.id ?? "");
    await started.reach({ delivered: 1 });

    expect(dead?.reason).toContain("36 hours");
    expect(operationsOf(service)).toEqual(["trigger", "notifications", "notifications"]);
  });

  it("is kept, however long, while the service lets nobody in", async () => {
    const { service, started } = await accepted();
    service.faults = {
      request: ({ operation }) => (operation === "trigger" ? undefined : { kind: "status", status: 401 }),
    };

    await started.settled();
    await started.clock.advance(60_000);
    await started.settled(2);
    service.faults = {};
    await started.bus.lanes.pause(lane);
    await started.clock.advance(40 * HOUR_MS);
    await started.bus.lanes.resume(lane);
    await started.reach({ delivered: 1 });

    expect(operationsOf(service)).toEqual(["trigger", "notifications", "notifications"]);
  });

  it("but fails at first is confirmed as well", async () => {
    const { service, started } = await accepted({ fault: { status: "error", error: ["redis"] } });

    await started.settled();
    await started.clock.advance(1_200);
    await started.settled(2);
    await started.clock.advance(60_000);
    await started.reach({ delivered: 1 });

    expect(operationsOf(service)).toEqual(["trigger", "trigger", "notifications"]);
  });

  it("and is refused when it is sent again has another key still when it is replayed", async () => {
    const service = await aService();
    let count = 0;
    service.faults = {
      trigger: () => {
        count += 1;
        if (count === 1) return "lost";
        return count === 2 ? { status: "invalid_recipients" } : undefined;
      },
    };
    const started = await aStartedBus(service, { confirm });
    await started.bus.publishMany(shipped(1));
    await started.settled();
    await started.clock.advance(60_000);
    const [dead] = await started.reach({ dead: 1 });

    await started.bus.deliveries.replay(dead?.id ?? "");
    await started.until(() => expect(count).toBe(3));

    const keys = service.requests
      .filter(({ operation }) => operation === "trigger")
      .map(({ headers }) => headers["idempotency-key"]);
    expect(new Set(keys).size).toBe(3);
  });

  it("is not asked after once the service lets nobody in, beyond what is asked at once", async () => {
    const service = await aService();
    const started = await aStartedBus(service, { confirm });
    await started.bus.publishMany(shipped(20));
    await started.settled();
    service.faults = { request: () => ({ kind: "status", status: 401 }) };

    await started.clock.advance(60_000);
    await started.settled(2);

    expect(operationsOf(service)).toEqual(["bulk", ...Array.from({ length: 4 }, () => "notifications")]);
  });

  it("in several parts is delivered when all of them are confirmed, each by itself", async () => {
    const service = await aService();
    let count = 0;
    service.faults = { trigger: () => ((count += 1) === 2 ? "lost" : undefined) };
    const toAll: ShopRule = { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds };
    const started = await aStartedBus(service, { confirm, rules: [toAll] });

    await started.bus.publish("digest.due", { customerIds: Array.from({ length: 250 }, (_, index) => `c${index}`) });
    await started.settled();
    await started.clock.advance(60_000);
    await started.settled(2);
    await started.clock.advance(60_000);
    await started.reach({ delivered: 1 });
    await service.settled();

    expect(operationsOf(service)).toEqual([
      "bulk",
      "notifications",
      "notifications",
      "notifications",
      "trigger",
      "notifications",
    ]);
    expect(service.notifications).toHaveLength(250);
  });

  it("is not asked after before its time because another part of its unit failed", async () => {
    const service = await aService();
    let count = 0;
    service.faults = { trigger: () => ((count += 1) === 2 ? { status: "error" } : undefined) };
    const toAll: ShopRule = { on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds };
    const started = await aStartedBus(service, { confirm, rules: [toAll] });

    await started.bus.publish("digest.due", { customerIds: Array.from({ length: 150 }, (_, index) => `c${index}`) });
    await started.settled();
    await started.clock.advance(1_200);
    await started.settled(2);
    const soon = operationsOf(service);
    await started.clock.advance(61_000);
    await started.until(async () => {
      await started.clock.advance(1_000);
      await started.reach({ delivered: 1 });
    });

    expect(soon).toEqual(["bulk", "trigger"]);
  });
});

interface Script {
  /** How many accepted triggers come to nothing. */
  readonly lost?: number;
  readonly fault?: TeleflowTriggerFault;
}

async function accepted({ lost = 0, fault }: Script = {}): Promise<{ service: TeleflowStub; started: StartedBus }> {
  const service = await aService();
  let count = 0;
  service.faults = {
    trigger: () => {
      count += 1;
      if (count <= lost) return "lost";
      return count === 1 ? fault : undefined;
    },
  };
  const started = await aStartedBus(service, { confirm });
  await started.bus.publishMany(shipped(1));
  return { service, started };
}

function operationsOf(service: TeleflowStub): readonly string[] {
  return service.requests.map(({ operation }) => operation);
}
