import { memoryStore } from "@bus/core";
import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aStartedBus, NOW } from "../a-started-bus.ts";
import { aReceiver } from "../receiver.ts";
import { aTempFile } from "./stores.ts";

/** Two processes, as far as the store can tell; what the second has in memory is as fresh as it can be. */
async function twoBuses() {
  const path = aTempFile();
  const clock = virtualClock({ startAt: NOW });
  const receiver = await aReceiver();
  const store = sqliteStore({ path });
  const one = await aStartedBus({ store, clock });
  const other = await aStartedBus({ store: sqliteStore({ path }), clock });
  await other.publish();
  const sent = () => receiver.received.length;
  return { webhooks: one.bus.sinks.hooks.webhooks, store, one, other, clock, url: receiver.url, receiver, sent };
}

describe("a change of another process on the store", () => {
  it("shows within a second when it creates a webhook", async () => {
    const { webhooks, other, clock, url, sent } = await twoBuses();

    await webhooks.create({ accountId: 1, url });
    await clock.advance(1_000);
    await other.publish();

    await other.until(() => expect(sent()).toBe(1));
  });

  it("shows within a second when it changes a webhook", async () => {
    const { webhooks, other, clock, url, receiver } = await twoBuses();
    await webhooks.create({ accountId: 1, url });
    await clock.advance(1_000);
    await other.publish();
    await other.until(() => expect(receiver.received).toHaveLength(1));

    await webhooks.update(1, { headers: { "X-Tenant": "acme" }, inboxId: 999 });
    await clock.advance(1_000);
    await other.publish();
    await webhooks.update(1, { inboxId: null });
    await clock.advance(1_000);
    await other.publish();

    await other.until(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.received.map(({ headers }) => headers["x-tenant"])).toEqual([undefined, "acme"]);
  });

  it("shows within a second when it rotates a secret", async () => {
    const { webhooks, other, clock, url, receiver } = await twoBuses();
    await webhooks.create({ accountId: 1, url });
    await clock.advance(1_000);
    await other.publish();
    await other.until(() => expect(receiver.received).toHaveLength(1));

    await webhooks.rotateSecret(1);
    await clock.advance(1_000);
    await other.publish();

    await other.until(() => expect(receiver.received).toHaveLength(2));
    expect(receiver.received.map(({ headers }) => String(headers["x-trino-signature"]).split(",").length)).toEqual([
      1, 2,
    ]);
  });

  it("shows within a second when it disables or removes a webhook", async () => {
    const { webhooks, other, clock, url, sent } = await twoBuses();
    await webhooks.create({ accountId: 1, url });
    await clock.advance(1_000);
    await other.publish();
    await other.until(() => expect(sent()).toBe(1));

    await webhooks.update(1, { enabled: false }, { pending: "discard" });
    await clock.advance(1_000);
    await other.publish();
    await webhooks.remove(1);
    await clock.advance(1_000);
    await other.publish();
    await other.until(async () =>
      expect(await other.bus.deliveries.stats()).toMatchObject({ pending: 0, leased: 0, delivered: 1, skipped: 3 }),
    );

    expect(sent()).toBe(1);
  });

  it("shows at once in what the API tells", async () => {
    const { webhooks, other, url } = await twoBuses();
    const { secret: _, ...created } = await webhooks.create({ accountId: 1, url });

    expect(await other.bus.sinks.hooks.webhooks.list()).toEqual([created]);
    expect(await other.bus.sinks.hooks.webhooks.get(1)).toEqual(created);
    await expect(other.bus.sinks.hooks.webhooks.create({ accountId: 1, url })).rejects.toMatchObject({
      code: "BUS_WEBHOOK_INVALID",
    });
  });

  it("shows at once when a delivery goes to a webhook that is not known yet", async () => {
    const { webhooks, other, one, url, sent, clock } = await twoBuses();
    await webhooks.create({ accountId: 1, url });
    await clock.advance(1);
    await one.publish();
    await one.until(() => expect(sent()).toBe(1));
    const [delivery] = await one.deliveries();
    await one.stop();

    await other.bus.deliveries.replay(delivery!.id);

    await other.until(() => expect(sent()).toBe(2));
  });

  it("shows also where the state does not tell any more what was changed", async () => {
    const { webhooks, store, other, clock, url, sent } = await twoBuses();
    await webhooks.create({ accountId: 1, url: "https://crm.test/old" });
    await clock.advance(1_000);
    await other.publish(1, { account: { id: 2, name: "Shop" } });
    await other.until(async () => expect(await other.bus.deliveries.stats()).toMatchObject({ skipped: 2 }));

    await webhooks.remove(1);
    await webhooks.create({ accountId: 1, url });
    await store.state.change("sink:hooks", [{ key: "revision:2", value: undefined }]);
    await clock.advance(1_000);
    await other.publish();

    await other.until(async () =>
      expect(await other.deliveries()).toMatchObject([{ destination: "2", state: "delivered" }]),
    );
    expect(sent()).toBe(1);
  });
});

describe("the state", () => {
  it("tells of the last thousand changes, and no more", async () => {
    const store = memoryStore();
    const { bus } = await aStartedBus({ store });
    await bus.sinks.hooks.webhooks.create({ accountId: 1, url: "https://crm.test/" });

    for (let count = 0; count < 1_010; count += 1) await bus.sinks.hooks.webhooks.update(1, { name: `${count}` });

    expect(await store.state.keys("sink:hooks", "revision:")).toHaveLength(1_000);
  });
});
