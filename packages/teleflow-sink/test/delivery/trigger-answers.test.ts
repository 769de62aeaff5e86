import type { DeliveryView } from "@bus/core";
import type { TeleflowStub, TeleflowRequestFault, TeleflowStubRequest, TeleflowTriggerFault } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped, type BusScript, type StartedBus } from "../a-started-bus.ts";

/** What the second request has in common with the first. */
interface Again {
  readonly key: "same" | "new";
}

interface Row {
  readonly answer: string;
  readonly fault: TeleflowRequestFault;
  /** When it is sent again. @default 1_000, by the schedule */
  readonly afterMs?: number;
  readonly again: Again;
}

const RETRIED: readonly Row[] = [
  { answer: "500", fault: { kind: "status", status: 500 }, again: { key: "new" } },
  {
    answer: "503 with Retry-After",
    fault: answering(503, { "retry-after": "90" }),
    afterMs: 90_000,
    again: { key: "new" },
  },
  { answer: "a gateway's 502", fault: { kind: "status", status: 502, json: false }, again: { key: "new" } },
  { answer: "a 2xx that is no JSON", fault: { kind: "body", status: 200, body: "<html>" }, again: { key: "new" } },
  {
    answer: "a 500, and took it all the same",
    fault: { kind: "status", status: 500, accepts: true },
    again: { key: "new" },
  },
  { answer: "408", fault: { kind: "status", status: 408 }, again: { key: "same" } },
  {
    answer: "409 with Retry-After",
    fault: answering(409, { "retry-after": "30" }),
    afterMs: 30_000,
    again: { key: "same" },
  },
  { answer: "a reset", fault: { kind: "reset" }, again: { key: "same" } },
  { answer: "a reset, and took it all the same", fault: { kind: "reset", accepts: true }, again: { key: "same" } },
];

describe.each([
  { request: "a single trigger", count: 1 },
  { request: "a bulk", count: 3 },
])("$request", ({ count }) => {
  it.each(RETRIED)("answered by $answer goes again with the $again.key key, and is delivered once", async (row) => {
    const { fault, afterMs = 1_000, again } = row;
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? fault : undefined) };
    const { bus, clock, settled, reach, deliveries } = await aStartedBus(service);

    await bus.publishMany(shipped(count));
    const failed = await settled();

    expect(failed.map(({ state, attempts }) => [state, attempts])).toEqual(repeated(["pending", 1], count));
    expect(failed.every(({ history }) => history[0]?.reason)).toBe(true);
    await clock.advance(afterMs - 200);
    expect(service.requests).toHaveLength(1);
    await clock.advance(400);
    await reach({ delivered: count });
    expect(requestsAre(service.requests, again.key)).toBe(true);
    expect(await transactionsOf(deliveries)).toEqual(service.requests[0]?.triggers.map((one) => one.transactionId));
    await service.settled();
    expect(service.notifications.map(({ subscriberId }) => subscriberId)).toEqual(customers(count));
  });

  it.each([
    { answer: 401, headers: {} },
    { answer: 402, headers: {} },
    { answer: 403, headers: {} },
    { answer: 404, headers: {} },
  ])("answered by $answer closes the lane, keeps the backlog and is tried each minute", async ({ answer }) => {
    const service = await aService();
    service.faults = { request: () => ({ kind: "status", status: answer, message: "no" }) };
    const { bus, clock, settled, until, reach, signals } = await aStartedBus(service);

    await bus.publishMany(shipped(count));
    const held = await settled();
    for (let minute = 0; minute < 60; minute += 1) await clock.advance(60_000);
    await until(() => expect(service.requests.length).toBeGreaterThan(2));
    const probes = service.requests.length;
    service.faults = {};
    await clock.advance(60_000);
    const ended = await reach({ delivered: count });

    expect(held.map(({ state, attempts }) => [state, attempts])).toEqual(repeated(["pending", 0], count));
    expect(held[0]?.reason).toContain(`${answer}`);
    expect(service.requests.slice(1, probes).every(({ operation }) => operation === "trigger")).toBe(true);
    expect(signals.map(({ name }) => name)).toContain("paused");
    expect(ended.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(customersOf(service.notifications).toSorted()).toEqual(customers(count));
  });

  it("answered by 429 waits for the longer of both headers and uses up no attempt", async () => {
    const service = await aService();
    service.faults = {
      request: (_, index) => (index === 0 ? answering(429, { "retry-after": "2", "ratelimit-reset": "5" }) : undefined),
    };
    const { bus, clock, settled, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(count));
    const held = await settled();
    await clock.advance(4_800);
    const before = service.requests.length;
    await clock.advance(400);
    const ended = await reach({ delivered: count });

    expect(held.map(({ state, attempts }) => [state, attempts])).toEqual(repeated(["pending", 0], count));
    expect(before).toBe(1);
    expect(ended.every(({ attempts }) => attempts === 1)).toBe(true);
  });

  it("that hangs counts as unknown after the deadline, and goes again with the same bytes", async () => {
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
    const { bus, clock, settled, reach } = await aStartedBus(service, { deadlineMs: 100 });

    await bus.publishMany(shipped(count));
    await settled();
    await clock.advance(1_200);
    await reach({ delivered: count });
    await service.settled();

    expect(requestsAre(service.requests, "same")).toBe(true);
    expect(customersOf(service.notifications)).toEqual(customers(count));
  });
});

it("a service that is not there is tried by the schedule, and gets all when it is back", async () => {
  const gone = await aService();
  await gone.close();
  const { bus, clock, settled, reach } = await aStartedBus(gone);

  await bus.publishMany(shipped(3));
  const first = await settled();
  await clock.advance(1_200);
  const second = await settled(2);
  await clock.advance(1_200);
  const third = await settled(2);
  const back = await aService({ port: Number(new URL(gone.url).port) });
  await clock.advance(1_000);
  await reach({ delivered: 3 });

  expect([first, second, third].map(([one]) => one?.attempts)).toEqual([1, 2, 2]);
  expect(sizesOf(back)).toEqual([["bulk", 3]]);
});

/** What the service says of one of the triggers. */
describe("a trigger's own result", () => {
  it.each([
    { result: { status: "no_tenant_found" } },
    { result: { status: "invalid_recipients" } },
    { result: { status: "subscriber_id_missing" } },
    { result: { status: "error", error: ["workflow_not_found"] } },
    { result: { status: "error", error: ["payload is missing required key(s) and type(s): name (Value)"] } },
    { result: { status: "error", error: ["Payload validation failed"] } },
  ] satisfies readonly { result: TeleflowTriggerFault }[])(
    "$result ends it with these words, and no other",
    async ({ result }) => {
      const { started, service } = await withResult("c1", result, 3);

      const ended = await started.reach({ dead: 1, delivered: 2 });

      expect(deadOf(ended)).toMatchObject([{ event: { id: "o1" }, attempts: 1, history: [{ info: { status: 201 } }] }]);
      expect(deadOf(ended)[0]?.reason).toContain(result.error?.[0] ?? result.status);
      expect(service.requests).toHaveLength(1);
    },
  );

  it.each([
    { what: "unknown words", result: { status: "error", error: ["Could not connect to redis"] } },
    { what: "no words", result: { status: "error" } },
    { what: "an unknown status", result: { status: "overloaded" } },
  ] satisfies readonly { what: string; result: TeleflowTriggerFault }[])(
    "with $what is sent again, alone, with a new key",
    async ({ result }) => {
      const { started, service } = await withResult("c1", result, 3, 1);

      const failed = await started.reach({ pending: 1, delivered: 2 });
      await started.clock.advance(1_200);
      await started.reach({ delivered: 3 });

      expect(failed.find(({ state }) => state === "pending")?.event.id).toBe("o1");
      expect(sizesOf(service)).toEqual([
        ["bulk", 3],
        ["trigger", 1],
      ]);
      expect(service.requests[1]?.triggers[0]).toEqual(service.requests[0]?.triggers[1]);
    },
  );

  it.each([
    { onInactive: "dead-letter", state: "dead" },
    { onInactive: "drop", state: "skipped" },
    { onInactive: undefined, state: "dead" },
  ] as const)(
    "of an inactive workflow ends it as $state where onInactive is $onInactive",
    async ({ onInactive, state }) => {
      for (const status of ["trigger_not_active", "no_workflow_steps_defined", "no_workflow_active_steps_defined"]) {
        const { started } = await withResult("c0", { status }, 2, Infinity, { onInactive });

        const ended = await started.reach({ [state]: 1, delivered: 1 });

        expect(ended.find((one) => one.state === state)?.reason).toContain(status);
      }
    },
  );

  it("of an inactive workflow is tried until it is active where onInactive is retry", async () => {
    const { started, service } = await withResult("c0", { status: "trigger_not_active" }, 1, 2, {
      onInactive: "retry",
    });

    await started.settled();
    await started.clock.advance(1_200);
    await started.settled(2);
    await started.clock.advance(2_200);
    await started.reach({ delivered: 1 });

    expect(new Set(keysOf(service.requests)).size).toBe(3);
  });

  it("that was refused is asked anew when it is replayed", async () => {
    const { started, service } = await withResult("c0", { status: "trigger_not_active" }, 1, 1);
    const [dead] = await started.reach({ dead: 1 });

    await started.bus.deliveries.replay(dead?.id ?? "");
    await started.reach({ delivered: 1 });

    expect(new Set(keysOf(service.requests)).size).toBe(2);
    expect(service.requests[1]?.triggers).toEqual(service.requests[0]?.triggers);
  });

  it("of a bulk whose list has another length is unknown for all: they are sent again", async () => {
    const service = await aService();
    service.faults = { request: (_, index) => (index === 0 ? { kind: "results", count: 2 } : undefined) };
    const { bus, clock, settled, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(3));
    await settled();
    await clock.advance(1_200);
    await reach({ delivered: 3 });

    expect(requestsAre(service.requests, "new")).toBe(true);
  });
});

describe("a request that is refused as a whole", () => {
  it.each([400, 413, 422])("ends a single trigger: %i", async (code) => {
    const service = await aService();
    service.faults = { request: () => ({ kind: "status", status: code, message: "workflow_not_found" }) };
    const { bus, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(1));
    const [dead] = await reach({ dead: 1 });

    expect(dead).toMatchObject({ attempts: 1, history: [{ info: { status: code } }] });
    expect(dead?.reason).toContain("workflow_not_found");
    expect(service.requests).toHaveLength(1);
  });

  it.each([400, 413, 422])("with %i for one of 100 ends that one, and delivers 99", async (code) => {
    const service = await aService();
    service.faults = {
      request: ({ triggers }) => {
        const isPoisoned = triggers.some((one) => customerOf(one) === "c37");
        return isPoisoned ? { kind: "status", status: code, message: "no" } : undefined;
      },
    };
    const { bus, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(100));
    const ended = await reach({ dead: 1, delivered: 99 });

    expect(deadOf(ended)).toMatchObject([{ event: { id: "o37" } }]);
    expect(ended.every(({ attempts }) => attempts === 1)).toBe(true);
    await service.settled();
    expect(customersOf(service.notifications).toSorted()).toEqual(
      customers(100)
        .filter((one) => one !== "c37")
        .toSorted(),
    );
  });

  it("because its key is in use for another body gets a new key, once", async () => {
    const service = await aService();
    const message = 'Request with key "k" is being reused for a different body';
    service.faults = { request: () => ({ kind: "status", status: 422, message }) };
    const { bus, clock, settled, reach } = await aStartedBus(service);

    await bus.publishMany(shipped(1));
    const [first] = await settled();
    await clock.advance(1_200);
    const [dead] = await reach({ dead: 1 });

    expect(first?.state).toBe("pending");
    expect(dead?.reason).toContain("reused for a different body");
    expect(new Set(keysOf(service.requests)).size).toBe(2);
    expect(service.requests).toHaveLength(2);
  });
});

function answering(status: number, headers: Readonly<Record<string, string>>): TeleflowRequestFault {
  return { kind: "status", status, headers };
}

/** The service says this of what goes to the customer, as often. */
async function withResult(
  customer: string,
  result: TeleflowTriggerFault,
  count: number,
  times = Infinity,
  script: BusScript = {},
) {
  const service = await aService();
  let told = 0;
  service.faults = {
    trigger: (one) => (customerOf(one) === customer && (told += 1) <= times ? result : undefined),
  };
  const started = await aStartedBus(service, script);
  await started.bus.publishMany(shipped(count));
  return { started, service };
}

function sizesOf({ requests }: TeleflowStub): readonly (readonly [string, number])[] {
  return requests.map(({ operation, triggers }) => [operation, triggers.length]);
}

/** Two requests with the same bytes, and with the same key or another. */
function requestsAre([first, second, ...more]: readonly TeleflowStubRequest[], key: "same" | "new"): boolean {
  expect(more).toEqual([]);
  expect(second?.body).toEqual(first?.body);
  expect(second?.bytes).toBe(first?.bytes);
  expect(second?.path).toBe(first?.path);
  const [one, other] = [first, second].map((request) => request?.headers["idempotency-key"]);
  expect(one).toBeDefined();
  return key === "same" ? one === other : one !== other;
}

async function transactionsOf(deliveries: StartedBus["deliveries"]): Promise<readonly (string | undefined)[]> {
  return (await deliveries()).map(({ history }) => history.at(-1)?.info?.detail);
}

function keysOf(requests: readonly TeleflowStubRequest[]): readonly unknown[] {
  return requests.map(({ headers }) => headers["idempotency-key"]);
}

function customerOf({ to }: { readonly to?: unknown }): string | undefined {
  return (to as readonly { readonly subscriberId: string }[])[0]?.subscriberId;
}

function customersOf(notifications: readonly { readonly subscriberId: string }[]): readonly string[] {
  return notifications.map(({ subscriberId }) => subscriberId);
}

function customers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

function deadOf(deliveries: readonly DeliveryView[]): readonly DeliveryView[] {
  return deliveries.filter(({ state }) => state === "dead");
}

function repeated<T>(value: T, count: number): readonly T[] {
  return Array.from({ length: count }, () => value);
}
