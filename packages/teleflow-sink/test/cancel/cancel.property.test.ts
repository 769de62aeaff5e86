import { BusError, memoryStore, type LaneId, type Store } from "@bus/core";
import { virtualClock, type TeleflowRequestFault, type TeleflowStubRequest } from "@bus/testkit";
import fc from "fast-check";
import { expect, it } from "vitest";
import { transactionIdOf } from "../../src/rules/transaction-id.ts";
import { aCancelling, cancelledBy, CANCELS, HOUR, TRIGGERS, withChange, type Cancelling } from "./a-cancellation.ts";

const KINDS = ["ship", "refund", "ship and refund", "cancel by hand", "cancel by id"] as const;

type Step =
  | { readonly kind: (typeof KINDS)[number]; readonly order: string }
  | { readonly kind: "replay" | "pause" | "resume" }
  | { readonly kind: "wait"; readonly ms: number };

const order = fc.constantFrom("o0", "o1");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...KINDS), order }),
  fc.record({ kind: fc.constantFrom(...KINDS), order }),
  fc.record({ kind: fc.constantFrom("replay", "pause", "resume") }),
  fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(0, 1, 2, 3, 5, 900, 2_000, 9_000, 40_000) }),
);
const fault: fc.Arbitrary<TeleflowRequestFault | undefined> = fc.constantFrom(
  undefined,
  undefined,
  { kind: "latency", ms: 2 },
  { kind: "latency", ms: 1_500 },
  { kind: "reset" },
  { kind: "reset", accepts: true },
  { kind: "status", status: 500 },
  { kind: "status", status: 500, accepts: true },
  { kind: "status", status: 429, headers: { "retry-after": "2" } },
  { kind: "status", status: 401 },
);

/** What there was when a note of a cancellation had been written. */
interface Noted {
  /** Requests that had arrived by then. */
  readonly requests: number;
  /** Whether a try was under way, which may still send. */
  readonly isOut: boolean;
}

/** A store that tells when the cancellation of a transaction is noted; what is out is looked up before and after. */
function watched(store: Store, noted: (transactionId: string, isOut: boolean) => void): Store {
  const out = async (): Promise<ReadonlySet<string>> => {
    const { items } = await store.query({ state: "leased" }, { limit: 100 });
    return new Set(items.map(({ event }) => idOf(event.id)));
  };
  return withChange(store, async (changes, change) => {
    const before = await out();
    const isChanged = await change();
    const after = await out();
    for (const id of isChanged ? cancelledBy(changes) : []) noted(id, before.has(id) || after.has(id));
    return isChanged;
  });
}

function idOf(eventId: string): string {
  return transactionIdOf({ environment: "test", eventId, ruleId: TRIGGERS.destination, chunk: 0 });
}

function bearing(requests: readonly TeleflowStubRequest[], id: string): number {
  return requests.filter(({ triggers }) => triggers.some(({ transactionId }) => transactionId === id)).length;
}

/** What came of a cancellation by hand. */
interface Said {
  readonly id: string;
  readonly said: string;
}

async function saidOf(eventId: string, cancel: Promise<string>): Promise<Said> {
  return { id: idOf(eventId), said: await cancel.catch(() => "failed") };
}

async function taken(shop: Cancelling, one: Step, byHand: Promise<Said>[]): Promise<void> {
  const { bus, clock } = shop;
  const shipping = (id: string) => ({ type: "order.shipped" as const, id, data: { orderId: id, customerId: id } });
  const refund = (id: string) => ({ type: "order.refunded" as const, data: { orderId: id, shippedEventId: id } });
  switch (one.kind) {
    case "ship":
      return void (await bus.publishMany([shipping(one.order)]));
    case "refund":
      return void (await bus.publishMany([refund(one.order)]));
    case "ship and refund":
      return void (await bus.publishMany([shipping(one.order), refund(one.order)]));
    case "cancel by hand":
      return void byHand.push(saidOf(one.order, bus.sinks.notify.cancel({ event: one.order })));
    case "cancel by id":
      return void byHand.push(saidOf(one.order, bus.sinks.notify.cancel(idOf(one.order))));
    case "replay":
      return void (await bus.deliveries.replay({ sink: "notify", destination: TRIGGERS.destination }));
    case "pause":
      return bus.lanes.pause(TRIGGERS);
    case "resume":
      return resume(bus, TRIGGERS);
    case "wait":
      return clock.advance(one.ms);
  }
}

/** There is no lane where there is nothing in it. */
async function resume(bus: Cancelling["bus"], lane: LaneId): Promise<void> {
  await bus.lanes.resume(lane).catch((error: unknown) => {
    if (!BusError.is(error, "BUS_LANE_UNKNOWN")) throw error;
  });
}

/** Everything has time to happen: retries, grace, delays. */
async function over({ bus, clock, until, deliveries, service }: Cancelling): Promise<void> {
  service.faults = {};
  for (const lane of [TRIGGERS, CANCELS]) await resume(bus, lane);
  await until(async () => {
    await clock.advance(20_000);
    const states = (await deliveries()).map(({ state }) => state);
    expect(states.filter((state) => state === "pending" || state === "leased")).toEqual([]);
  });
}

it("whenever a cancellation comes, no try that begins after its note sends, and nobody gets what it says it has cancelled", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 2, maxLength: 12 }),
      fc.array(fault, { maxLength: 8 }),
      fc.constantFrom(0, 30_000, HOUR),
      async (steps, faults, delayMs) => {
        const notes = new Map<string, Noted>();
        const store = watched(memoryStore(), (id, isOut) => {
          notes.set(id, { requests: bearing(shop.service.requests, id), isOut });
        });
        const shop = await aCancelling({ store }, { workflows: { "order-shipped": { delayMs } } }, virtualClock());
        shop.service.faults = { request: (_, index) => faults[index] };
        const byHand: Promise<Said>[] = [];

        for (const one of steps) await taken(shop, one, byHand);
        await over(shop);
        await shop.bus.deliveries.replay({ sink: "notify", destination: TRIGGERS.destination });
        await over(shop);
        await shop.clock.advance(2 * HOUR);
        await shop.service.settled();
        const saidByHand = await Promise.all(byHand);

        const { notifications, requests } = shop.service;
        for (const [id, { requests: before, isOut }] of notes) {
          expect(bearing(requests, id) - before).toBeLessThanOrEqual(isOut ? 1 : 0);
        }
        const cancellations = (await shop.deliveries()).filter(
          ({ destination }) => destination === CANCELS.destination,
        );
        const saying = (...words: readonly string[]): readonly string[] =>
          cancellations
            .filter(({ history }) => words.includes(history.at(-1)?.info?.detail ?? ""))
            .map(({ event }) => idOf((event.data as { readonly shippedEventId: string }).shippedEventId));
        const got = new Set(notifications.map(({ transactionId }) => transactionId));
        expect(cancellations.filter(({ state }) => state !== "delivered")).toEqual([]);
        expect(saying("cancelled", "removed before it was sent").filter((id) => got.has(id))).toEqual([]);
        expect(saidByHand.filter(({ id, said }) => said === "cancelled" && got.has(id))).toEqual([]);
        const mayBeTaken = requests.filter(({ status }) => status !== 401 && status !== 429);
        expect(saying("removed before it was sent").filter((id) => bearing(mayBeTaken, id) > 0)).toEqual([]);
        await shop.stop();
        await shop.service.close();
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
