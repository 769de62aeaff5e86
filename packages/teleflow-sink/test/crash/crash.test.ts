import type { TeleflowRequestFault, TeleflowStub, TeleflowStubOptions } from "@bus/testkit";
import { describe, expect, it, vi } from "vitest";
import { aService, shipped } from "../a-started-bus.ts";
import { aFile, HOUR } from "../cancel/a-cancellation.ts";
import { aDoomedProcess, aSuccessor, type DoomedProcess } from "./a-doomed-process.ts";
import type { Death } from "./crash-child.ts";

const TIMEOUT_MS = 30_000;
const UNKNOWN = /^Whether the broadcast went out is not known \(the attempt ended before an answer came\)\./;

interface Place {
  readonly path: string;
  readonly service: TeleflowStub;
  readonly doomed: DoomedProcess;
}

async function aPlace(stub: TeleflowStubOptions = {}, lingerMs = 0): Promise<Place> {
  const path = aFile();
  const service = await aService(stub);
  return { path, service, doomed: aDoomedProcess(path, service, { lingerMs }) };
}

/** Only the first request. */
function first(fault: TeleflowRequestFault): TeleflowStub["faults"] {
  return { request: (_, index) => (index === 0 ? fault : undefined) };
}

/** Kills it as soon as the service has that many requests in whole. */
async function killedAtRequest({ service, doomed }: Place, count: number): Promise<void> {
  await vi.waitFor(() => expect(service.requests).toHaveLength(count), { timeout: TIMEOUT_MS, interval: 2 });
  await doomed.kill();
}

/** How many different keys each request's is the latest of: 1, 1, 2 for two alike and another one. */
function keysOf({ requests }: TeleflowStub): readonly number[] {
  const keys = requests.map(({ headers }) => headers["idempotency-key"]);
  return keys.map((key, index) => new Set(keys.slice(0, index)).add(key).size);
}

describe("triggers whose process is killed", () => {
  interface Moment {
    readonly moment: string;
    readonly fault?: TeleflowRequestFault;
    /** Without it, the process is killed during the first request. */
    readonly death?: Death;
    readonly stub?: TeleflowStubOptions;
    /** Of all requests. */
    readonly keys: readonly number[];
  }
  const ERROR = { kind: "status", status: 500 } as const;

  it.each<Moment>([
    { moment: "once they are stored", death: { call: "append", number: 1, when: "after" }, keys: [1] },
    { moment: "on the way to the service", fault: { kind: "hang" }, keys: [1, 1] },
    { moment: "on the way back", fault: { kind: "hang", accepts: true }, keys: [1, 1] },
    {
      moment: "on the way back of a service that looks at no key",
      fault: { kind: "hang", accepts: true },
      stub: { idempotency: false },
      keys: [1, 1],
    },
    {
      moment: "when they were taken, and that is not stored",
      death: { call: "settle", number: 1, when: "before" },
      keys: [1, 1],
    },
    { moment: "when that is stored", death: { call: "settle", number: 1, when: "after" }, keys: [1] },
    {
      moment: "after a 500, of which nothing is stored",
      fault: ERROR,
      death: { call: "change", number: 1, when: "before" },
      // The service repeats its answer, which is how the next process hears of it.
      keys: [1, 1, 2],
    },
    {
      moment: "after a 500, of which only the notes are stored",
      fault: ERROR,
      death: { call: "change", number: 1, when: "after" },
      keys: [1, 2],
    },
  ])("arrive once: $moment", { timeout: TIMEOUT_MS }, async ({ fault, death, stub, keys }) => {
    const place = await aPlace(stub);
    const { path, service, doomed } = place;
    if (fault) service.faults = first(fault);

    await doomed.tell({ events: shipped(3), death });
    await (death ? doomed.killed : killedAtRequest(place, 1));
    const { clock, reach } = await aSuccessor(path, service);
    await clock.advance(60_000);
    await reach({ delivered: 3 });
    await service.settled();

    expect(service.notifications.map(({ subscriberId }) => subscriberId).toSorted()).toEqual(["c0", "c1", "c2"]);
    expect(keysOf(service)).toEqual(keys);
    expect(new Set(service.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it("arrive once, and need not wait for a lease: while they wait for more", { timeout: TIMEOUT_MS }, async () => {
    const { path, service, doomed } = await aPlace({}, HOUR);

    await doomed.tell({ events: shipped(3) });
    await doomed.kill();
    const { reach } = await aSuccessor(path, service);
    const deliveries = await reach({ delivered: 3 });

    expect(service.requests).toHaveLength(1);
    expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });
});

describe("a broadcast whose process is killed", () => {
  const INCIDENT = { type: "incident.opened", id: "i0", data: { title: "i0" } };
  const SUBSCRIBERS = { subscribers: ["c0", "c1"] };

  it("arrives once: before it is noted", { timeout: TIMEOUT_MS }, async () => {
    const { path, service, doomed } = await aPlace(SUBSCRIBERS);

    await doomed.tell({ events: [INCIDENT], death: { call: "change", number: 1, when: "before" } });
    await doomed.killed;
    const { reach } = await aSuccessor(path, service);
    await reach({ delivered: 1 });
    await service.settled();

    expect(service.requests).toHaveLength(1);
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["c0", "c1"]);
  });

  interface Moment {
    readonly moment: string;
    readonly fault?: TeleflowRequestFault;
    /** Without it, the process is killed during the request. */
    readonly death?: Death;
    /** Requests of the dead process. */
    readonly requests: number;
  }
  it.each<Moment>([
    { moment: "when it is noted", death: { call: "change", number: 1, when: "after" }, requests: 0 },
    { moment: "on the way to the service", fault: { kind: "hang" }, requests: 1 },
    { moment: "on the way back", fault: { kind: "hang", accepts: true }, requests: 1 },
    { moment: "before its answer is stored", death: { call: "settle", number: 1, when: "before" }, requests: 1 },
    {
      moment: "before an error answer is stored",
      fault: { kind: "status", status: 500 },
      death: { call: "change", number: 2, when: "before" },
      requests: 1,
    },
  ])(
    "is a dead letter, and not sent again until it is replayed: $moment",
    { timeout: TIMEOUT_MS },
    async ({ fault, death, requests }) => {
      const place = await aPlace(SUBSCRIBERS);
      const { path, service, doomed } = place;
      if (fault) service.faults = first(fault);

      await doomed.tell({ events: [INCIDENT], death });
      await (death ? doomed.killed : killedAtRequest(place, 1));
      const { bus, clock, reach } = await aSuccessor(path, service);
      const [dead] = await reach({ dead: 1 });
      await clock.advance(HOUR);
      const asked = service.requests.length;
      await bus.deliveries.replay(dead?.id ?? "");
      await clock.advance(60_000);
      await reach({ delivered: 1 });
      await service.settled();

      expect(dead?.reason).toMatch(UNKNOWN);
      expect(asked).toBe(requests);
      expect(service.requests.length).toBeGreaterThan(requests);
      expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(["c0", "c1"]);
    },
  );
});

describe("a cancellation whose process is killed", () => {
  const ORDER = shipped(1);
  const REFUND = { type: "order.refunded", id: "r0", data: { orderId: "o0", shippedEventId: "o0" } };
  const DELAYED = { workflows: { "order-shipped": { delayMs: HOUR } } };

  interface Moment {
    readonly moment: string;
    /** Of the first cancel request. */
    readonly fault?: TeleflowRequestFault;
    /** From the refund on. Without it, the process is killed during the first cancel request. */
    readonly death?: Death;
    readonly says: string;
  }
  it.each<Moment>([
    { moment: "when it is noted", death: { call: "change", number: 1, when: "after" }, says: "cancelled" },
    { moment: "on the way to the service", fault: { kind: "hang" }, says: "cancelled" },
    // The service says that it has nothing to cancel any more.
    { moment: "on the way back", fault: { kind: "hang", accepts: true }, says: "nothing to cancel" },
    {
      moment: "before its end is stored",
      death: { call: "settle", number: 1, when: "before" },
      says: "nothing to cancel",
    },
  ])(
    "of what the service has is done all the same: $moment",
    { timeout: TIMEOUT_MS },
    async ({ fault, death, says }) => {
      const place = await aPlace(DELAYED);
      const { path, service, doomed } = place;
      await doomed.tell({ events: ORDER });
      await vi.waitFor(() => expect(service.requests).toHaveLength(1), { timeout: TIMEOUT_MS, interval: 2 });
      service.faults = { request: (_, index) => (index === 1 ? fault : undefined) };

      await doomed.tell({ events: [REFUND], death });
      await (death ? doomed.killed : killedAtRequest(place, 2));
      const { bus, clock, deliveries, until } = await aSuccessor(path, service);
      const ended = await until(async () => {
        await clock.advance(1_000);
        const all = await deliveries();
        expect(all.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
        return all;
      });
      await bus.deliveries.replay(ended[0]?.id ?? "");
      await until(async () => expect((await deliveries()).map(({ state }) => state)).toContain("skipped"));

      expect(ended.at(1)?.history.at(-1)?.info?.detail).toBe(says);
      expect(service.requests.filter(({ operation }) => operation === "trigger")).toHaveLength(1);
      expect(service.dropped.map(({ reason }) => reason)).toEqual(["cancelled"]);
    },
  );

  it("keeps back what waits in the bus, once it is noted", { timeout: TIMEOUT_MS }, async () => {
    const { path, service, doomed } = await aPlace();
    service.faults = first({ kind: "status", status: 401 });
    await doomed.tell({ events: ORDER });
    await doomed.paused;

    await doomed.tell({ events: [REFUND], death: { call: "change", number: 1, when: "after" } });
    await doomed.killed;
    const { clock, deliveries, until } = await aSuccessor(path, service);
    const states = await until(async () => {
      await clock.advance(1_000);
      const all = await deliveries();
      expect(all.at(1)?.state).toBe("delivered");
      return all.map(({ state }) => state);
    });

    expect(["skipped", "discarded"]).toContain(states[0]);
    expect(service.requests.filter(({ operation }) => operation === "trigger")).toHaveLength(1);
  });
});
