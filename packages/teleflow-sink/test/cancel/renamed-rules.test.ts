import type { Store } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock, type TeleflowStub, type VirtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aService, aStartedBus, shipped, type ShopRule, type StartedBus } from "../a-started-bus.ts";
import { aFile, ended, HOUR, withChange } from "./a-cancellation.ts";

interface Place {
  readonly path: string;
  readonly clock: VirtualClock;
  readonly service: TeleflowStub;
  /** An app whose rule on "order.shipped" has this id, or that has none; on the same store as the others. */
  run(id: string | undefined, store?: Store): Promise<StartedBus>;
}

async function aPlace(): Promise<Place> {
  const path = aFile();
  const clock = virtualClock();
  const service = await aService({ workflows: { "order-shipped": { delayMs: HOUR } }, clock });
  const rule = (id: string): ShopRule => ({
    on: "order.shipped",
    trigger: "order-shipped",
    to: (e) => e.data.customerId,
    id,
  });
  const others: readonly ShopRule[] = [
    { on: "incident.opened", broadcast: "incident" },
    { on: "order.refunded", cancel: (e) => ({ event: e.data.shippedEventId }) },
  ];
  const run: Place["run"] = (id, store = sqliteStore({ path })) =>
    aStartedBus(service, { store, clock, rules: id === undefined ? others : [rule(id), ...others] });
  return { path, clock, service, run };
}

function cancelled({ service }: Place): readonly string[] {
  return service.dropped.flatMap(({ transactionId, reason }) => (reason === "cancelled" ? [transactionId] : []));
}

function sent({ service }: Place): readonly string[] {
  return service.requests.flatMap(({ triggers }) => triggers.map(({ transactionId }) => String(transactionId)));
}

describe.each([
  { change: "renamed", to: "new" },
  { change: "removed", to: undefined },
])("a rule that was $change", ({ to }) => {
  it("is cancelled with the event, what it has sent and what waits, and stays so when it is back", async () => {
    const place = await aPlace();
    const { clock, service } = place;
    const before = await place.run("old");
    await before.bus.publishMany(shipped(1));
    await before.reach({ delivered: 1 });
    await before.bus.lanes.disable({ sink: "notify", destination: "old" });
    await before.bus.publishMany(shipped(1, 1));
    await before.stop();
    const ids = sent(place);

    const after = await place.run(to);
    const said = [];
    for (const event of ["o0", "o1"]) said.push(await ended(after, after.bus.sinks.notify.cancel({ event })));
    const states = (await after.deliveries()).map(({ state }) => state);
    await after.stop();
    const again = await place.run("old");
    await again.bus.lanes.enable({ sink: "notify", destination: "old" });
    await again.bus.deliveries.replay({ sink: "notify", destination: "old" });
    await again.reach({ skipped: 2 });
    await clock.advance(2 * HOUR);

    expect(said).toEqual(["cancelled", "cancelled"]);
    expect(states).toEqual(["delivered", "discarded"]);
    expect(ids).toHaveLength(1);
    expect(cancelled(place)).toEqual(ids);
    expect(sent(place)).toEqual(ids);
    expect(service.notifications).toEqual([]);
  });
});

describe("the lanes of rules that send", () => {
  it("are known over restarts", async () => {
    const place = await aPlace();
    const first = await place.run("first");
    await first.bus.publishMany(shipped(1));
    await first.reach({ delivered: 1 });
    await first.stop();
    await (await place.run("second")).stop();

    const third = await place.run("third");
    await ended(third, third.bus.sinks.notify.cancel({ event: "o0" }));

    expect(cancelled(place)).toEqual(sent(place));
    expect(sent(place)).toHaveLength(1);
  });

  it("are known of two processes that start at the same moment", async () => {
    const place = await aPlace();
    let other: StartedBus | undefined;
    const store = withChange(sqliteStore({ path: place.path }), async (changes, change) => {
      if (!other && changes.some(({ key }) => key === "lanes")) other = await place.run("other");
      return change();
    });
    const one = await place.run("one", store);
    await one.bus.publishMany(shipped(1));
    await other?.bus.publishMany(shipped(1, 1));
    await one.until(() => expect(sent(place)).toHaveLength(2));
    await other?.stop();
    await one.stop();

    const next = await place.run("next");
    for (const event of ["o0", "o1"]) await ended(next, next.bus.sinks.notify.cancel({ event }));

    expect(cancelled(place).toSorted()).toEqual(sent(place).toSorted());
  });

  it("are known to a process that was started before", async () => {
    const place = await aPlace();
    const old = await place.run("old");
    const next = await place.run("new");
    await next.bus.publishMany(shipped(1));
    await next.until(() => expect(sent(place)).toHaveLength(1));
    await next.stop();

    await ended(old, old.bus.sinks.notify.cancel({ event: "o0" }));

    expect(cancelled(place)).toEqual(sent(place));
  });
});
