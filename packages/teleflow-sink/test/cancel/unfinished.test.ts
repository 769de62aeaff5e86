import { copyFileSync } from "node:fs";
import { memoryStore, type Store } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { describe, expect, it } from "vitest";
import { transactionIdOf } from "../../src/rules/transaction-id.ts";
import { aStartedBus, shipped, type ShopRule } from "../a-started-bus.ts";
import {
  aCancelling,
  aFile,
  cancelledBy,
  cancelling,
  ended,
  HOUR,
  replaced,
  TRIGGERS,
  withChange,
} from "./a-cancellation.ts";

const idOf = (eventId: string): string =>
  transactionIdOf({ environment: "test", eventId, ruleId: TRIGGERS.destination, chunk: 0 });

const WAYS = [
  { by: "event", what: (eventId: string) => ({ event: eventId }) },
  { by: "transaction id", what: idOf },
] as const;

describe.each(WAYS)("named by its $by", ({ what }) => {
  it("what is out in another process is waited for, however long beyond the grace", async () => {
    const path = aFile();
    const shop = await aCancelling({ store: sqliteStore({ path }) });
    shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "latency", ms: 25_000 } : undefined) };
    await shop.ship();
    await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));
    const { service, clock } = shop;
    const other = await aStartedBus(service, { store: sqliteStore({ path }), clock, cancelGraceMs: 10_000 });

    const said = await ended(other, other.bus.sinks.notify.cancel(what("o0")));
    await clock.advance(2 * HOUR);

    expect(said).toBe("cancelled");
    expect(service.notifications).toEqual([]);
  });

  it("what is leased and has not begun is suppressed, without a request", async () => {
    const shop = await aCancelling({ policy: { concurrency: 1 }, batch: { maxTriggers: 1 }, cancelGraceMs: 5_000 });
    shop.service.faults = { request: () => ({ kind: "latency", ms: 20_000 }) };
    await shop.bus.publishMany(shipped(2));
    await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));
    const before = (await shop.deliveries()).map(({ state }) => state);

    const said = await ended(shop, shop.bus.sinks.notify.cancel(what("o1")));

    expect(before).toEqual(["leased", "leased"]);
    expect(said).toBe("cancelled");
    expect(shop.asked()).toEqual(["trigger"]);
    expect((await shop.deliveries()).map(({ state }) => state)).toEqual(["delivered", "skipped"]);
  });

  it.each(["pause", "disable"] as const)(
    "what a process left behind in a lane at a $0 is removed, and the service asked",
    async (held) => {
      const path = aFile();
      const shop = await aCancelling({ store: sqliteStore({ path }) });
      shop.service.faults = { request: (_, index) => (index === 0 ? { kind: "hang", accepts: true } : undefined) };
      await shop.ship();
      await shop.until(() => expect(shop.asked()).toEqual(["trigger"]));
      const left = aCopy(path);
      await shop.stop();
      const { service, clock } = shop;
      const next = cancelling(service, await aStartedBus(service, { store: sqliteStore({ path: left }), clock }));
      await next.bus.lanes[held](TRIGGERS);

      const cancel = next.bus.sinks.notify.cancel(what("o0"));
      await clock.advance(10_000);
      const meanwhile = [(await next.trigger()).state, ...next.asked()];
      await clock.advance(120_000);

      expect(meanwhile).toEqual(["leased", "trigger"]);
      expect(await ended(next, cancel)).toBe("cancelled");
      expect((await next.trigger()).state).toBe("discarded");
      expect(next.asked()).toEqual(["trigger", "cancel"]);
    },
  );

  it("what the service has surely not taken is removed without a request", async () => {
    const shop = await aCancelling();
    shop.service.faults = { request: () => ({ kind: "status", status: 401 }) };
    await shop.ship();
    await shop.until(async () => expect((await shop.trigger()).history).toHaveLength(1));

    expect(await ended(shop, shop.bus.sinks.notify.cancel(what("o0")))).toBe("cancelled");
    expect((await shop.trigger()).state).toBe("discarded");
    expect(shop.asked()).toEqual(["trigger"]);
  });
});

it("of several triggers, one that paused the lane says nothing of the others: the service is asked", async () => {
  const customerIds = Array.from({ length: 150 }, (_, index) => `c${index}`);
  const shop = await aCancelling(
    { rules: [{ on: "digest.due", trigger: "digest", to: (e) => e.data.customerIds }], batch: { maxTriggers: 1 } },
    { workflows: { digest: { delayMs: HOUR } } },
  );
  shop.service.faults = { request: (_, index) => (index === 1 ? { kind: "status", status: 401 } : undefined) };
  await shop.bus.publish("digest.due", { customerIds }, { id: "d0" });
  await shop.until(() => expect(shop.signals.map(({ name }) => name)).toEqual(["paused"]));

  expect(await ended(shop, shop.bus.sinks.notify.cancel({ event: "d0" }))).toBe("cancelled");
  await shop.clock.advance(2 * HOUR);
  expect(shop.service.notifications).toEqual([]);
});

it("what was sent before a long outage is asked for: its history shows the outage alone", async () => {
  const shop = await aCancelling();
  await shop.ship();
  await shop.reach({ delivered: 1 });
  shop.service.faults = { request: () => ({ kind: "status", status: 401 }) };
  await shop.bus.deliveries.replay((await shop.trigger()).id);
  await shop.until(async () => {
    await shop.clock.advance(60_000);
    const { history } = await shop.trigger();
    expect(history.filter(({ outcome }) => outcome === "pause")).toHaveLength(20);
  });
  shop.service.faults = {};

  expect(await ended(shop, shop.bus.sinks.notify.cancel({ event: "o0" }))).toBe("cancelled");
  expect(shop.asked().at(-1)).toBe("cancel");
});

describe("a search for a transaction", () => {
  const rules: readonly ShopRule[] = [
    { on: "order.shipped", trigger: "order-shipped", to: "c0", transactionId: (e) => `own-${e.data.orderId}` },
    { on: "order.refunded", cancel: (e) => ({ transactionId: `own-${e.data.orderId}` }) },
  ];
  const refunded = (orderId: string) => ({ type: "order.refunded", data: { orderId, shippedEventId: "" } }) as const;

  it("is shared by those of a batch, and made anew for those that come later", async () => {
    let looks = 0;
    const store = withLook(memoryStore(), () => void (looks += 1));
    const shop = await aCancelling({ store, rules });
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.bus.publishMany(shipped(60));

    await shop.bus.publishMany(shipped(60).map(({ id }) => refunded(id)));
    await shop.reach({ discarded: 60, delivered: 60 });
    const looksOfBatch = looks;
    await shop.bus.publishMany([...shipped(1, 60), refunded("o60")]);
    await shop.reach({ discarded: 61, delivered: 61 });

    expect(looksOfBatch).toBeLessThanOrEqual(4);
    expect(shop.asked()).toEqual([]);
  });

  it("is not shared with one that began before", async () => {
    const noted: string[] = [];
    const noting = withChange(memoryStore(), (changes, change) => {
      noted.push(...cancelledBy(changes));
      return change();
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    let looks = 0;
    const store = withLook(noting, () => (looks++ === 0 ? promise : undefined));
    const shop = await aCancelling({ store, rules });
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.bus.publishMany([...shipped(1), refunded("o0")]);
    await shop.until(() => expect(looks).toBe(1));

    await shop.bus.publishMany([...shipped(1, 1), refunded("o1")]);
    await shop.until(() => expect(noted).toEqual(["own-o0", "own-o1"]));
    await shop.clock.settled();
    resolve();
    await shop.reach({ discarded: 2, delivered: 2 });

    expect(shop.asked()).toEqual([]);
  });

  it("lets others have their turn", async () => {
    let turn = 0;
    const lookedAt: number[] = [];
    const shop = await aCancelling({
      cancelGraceMs: 0,
      rules: [
        {
          on: "order.shipped",
          trigger: "order-shipped",
          to: "c0",
          transactionId: (e) => {
            lookedAt.push(turn);
            return `own-${e.data.orderId}`;
          },
        },
      ],
    });
    await shop.bus.lanes.pause(TRIGGERS);
    await shop.bus.publishMany(shipped(1_000));
    const count = (): void => {
      turn += 1;
      if (lookedAt.length < 1_000) setImmediate(count);
    };
    count();

    expect(await ended(shop, shop.bus.sinks.notify.cancel("none"))).toBe("nothing to cancel");

    const inOneTurn = Object.values(Object.groupBy(lookedAt, String)).map((turns) => turns?.length ?? 0);
    expect(lookedAt).toHaveLength(1_000);
    expect(Math.max(...inOneTurn)).toBeLessThanOrEqual(100);
  });
});

/** The store file as a crash leaves it. */
function aCopy(path: string): string {
  const copy = `${path}.copy`;
  for (const part of ["", "-wal"]) copyFileSync(path + part, copy + part);
  return copy;
}

/** The store, with something done before each look at all that is leased, with which each search ends. */
function withLook(store: Store, look: () => Promise<void> | void): Store {
  return replaced(store, {
    query: async (what, page) => {
      if (what.state === "leased" && page.cursor === undefined) await look();
      return store.query(what, page);
    },
  });
}
