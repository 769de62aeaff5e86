import { createBus, type DeliveryPolicy, type DeliveryState, type DeliveryView } from "@bus/core";
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { trinoEvents, verifyWebhook, webhookSink, type WebhookEndpoint, type Webhooks } from "../src/index.ts";
import { aStartedBus, NOW } from "./a-started-bus.ts";
import { aConversation, aMessage, wireBody } from "./fixtures.ts";
import { aReceiver, status } from "./receiver.ts";

async function aBusInRealTime(endpoints: readonly WebhookEndpoint[], policy: DeliveryPolicy = { retry: [10, 10] }) {
  const sink = webhookSink({ endpoints, deadlineMs: 200, allow: ["127.0.0.1"] }, policy);
  const bus = createBus({ name: "helpdesk", events: trinoEvents, sinks: { hooks: sink } });
  await bus.start();
  onTestFinished(() => bus.stop());
  return bus;
}

/** The deliveries, once there are `count` and none is to be tried again. */
async function settled(
  bus: Awaited<ReturnType<typeof aBusInRealTime>>,
  count: number,
): Promise<readonly DeliveryView[]> {
  const isOpen = (state: DeliveryState) => state === "pending" || state === "leased";
  return vi.waitFor(
    async () => {
      const { items } = await bus.deliveries.list();
      expect(items).toHaveLength(count);
      expect(items.filter(({ state }) => isOpen(state))).toEqual([]);
      return items;
    },
    { timeout: 4_000, interval: 10 },
  );
}

describe("webhooks through a bus", () => {
  it("reach every endpoint that is subscribed for the account", async () => {
    const crm = await aReceiver();
    const shop = await aReceiver();
    const bus = await aBusInRealTime([
      { id: "crm", url: crm.url, account: 1 },
      { id: "shop", url: shop.url, subscriptions: ["conversation_created"] },
      { id: "other", url: "http://127.0.0.1:1/", account: 2 },
    ]);

    await bus.publish("conversation.created", aConversation(), { key: "10" });
    await bus.publish("message.created", aMessage(), { key: "10" });
    await settled(bus, 3);

    expect(crm.received.map(({ body }) => JSON.parse(body.toString()))).toStrictEqual([
      wireBody("conversation_created"),
      wireBody("message_created"),
    ]);
    expect(shop.received.map(({ headers }) => headers["x-trino-event"])).toEqual(["conversation_created"]);
  });

  it("are a snapshot, sent with the same ids and bytes until they are taken", async () => {
    const crm = await aReceiver((response, count) => response.writeHead(count < 3 ? 500 : 200).end());
    const bus = await aBusInRealTime([{ id: "crm", url: crm.url, secret: "s" }]);
    const message = { ...aMessage() };

    const event = await bus.publish("message.created", message);
    Object.assign(message, { content: "changed" });
    const [delivery] = await settled(bus, 1);

    expect(delivery).toMatchObject({ state: "delivered", attempts: 3 });
    expect(crm.received).toHaveLength(3);
    for (const { headers, body } of crm.received) {
      expect(JSON.parse(body.toString())).toStrictEqual(wireBody("message_created"));
      expect(headers).toMatchObject({ "x-trino-delivery": delivery?.id, "webhook-id": event.id });
    }
  });

  it("end as dead letters when an endpoint never answers, and delay no other", async () => {
    const crm = await aReceiver();
    const silent = await aReceiver(() => {});
    const bus = await aBusInRealTime([
      { id: "crm", url: crm.url },
      { id: "silent", url: silent.url },
    ]);

    await bus.publish("message.created", aMessage());
    const deliveries = await settled(bus, 2);

    expect(deliveries.map(({ destination, state, attempts }) => [destination, state, attempts])).toEqual([
      ["crm", "delivered", 1],
      ["silent", "dead", 3],
    ]);
  });

  it("take a Date at publish, and no data that does not fit", async () => {
    const crm = await aReceiver();
    const bus = await aBusInRealTime([{ id: "crm", url: crm.url }]);

    const event = await bus.publish("message.created", { ...aMessage(), created_at: new Date(0) });
    await settled(bus, 1);

    expect(event.data.created_at).toBe("1970-01-01T00:00:00.000Z");
    expect(JSON.parse(String(crm.received[0]?.body)).created_at).toBe("1970-01-01T00:00:00.000Z");
    await expect(bus.publish("message.created", { ...aMessage(), created_at: "soon" })).rejects.toMatchObject({
      code: "BUS_EVENT_INVALID",
    });
  });
});

describe("registered webhooks through a bus", () => {
  it("are typed for the host", async () => {
    const { bus } = await aStartedBus();

    expectTypeOf(bus.sinks.hooks.webhooks).toEqualTypeOf<Webhooks>();
    expectTypeOf(bus.sinks.hooks.webhooks.create).returns.resolves.toHaveProperty("secret").toBeString();
  });

  it("get the events of their account as soon as they are made, each signed with its own secret", async () => {
    const [crm, shop] = [await aReceiver(), await aReceiver()];
    const { bus, publish, ended, clock } = await aStartedBus();
    const { webhooks } = bus.sinks.hooks;

    const first = await webhooks.create({ accountId: 1, url: crm.url });
    const second = await webhooks.create({ accountId: 1, url: shop.url });
    await publish();
    await ended(2, "delivered");

    for (const [receiver, { secret }, other] of [
      [crm, first, second],
      [shop, second, first],
    ] as const) {
      const { body, headers } = receiver.received[0]!;
      expect(verifyWebhook(body, headers, secret, { now: clock.now() })).toMatchObject({ event: "message_created" });
      expect(() => verifyWebhook(body, headers, other.secret, { now: clock.now() })).toThrow("signature");
    }
  });

  it("are signed with both secrets while one gives way to the other, and then with the new one", async () => {
    const receiver = await aReceiver();
    const { bus, publish, ended, clock } = await aStartedBus();
    const { webhooks } = bus.sinks.hooks;
    const { id, secret: old } = await webhooks.create({ accountId: 1, url: receiver.url });

    const { secret } = await webhooks.rotateSecret(id, { overlapMs: 60_000 });
    await publish();
    await ended(1, "delivered");
    await clock.advance(60_000);
    await publish();
    await ended(2, "delivered");

    const [during, after] = receiver.received.map(({ body, headers }, index) => {
      const now = NOW + index * 60_000;
      return (key: string) => verifyWebhook(body, headers, key, { now }).eventId;
    });
    expect([during!(old), during!(secret), after!(secret)]).not.toContain(undefined);
    expect(() => after!(old)).toThrow("signature");
  });

  it("are sent as they are when they are sent, to another URL for one", async () => {
    const [before, after] = [await aReceiver(status(500)), await aReceiver()];
    const { bus, publish, ended, clock, until } = await aStartedBus({ policy: { retry: [60_000] } });
    const { webhooks } = bus.sinks.hooks;
    const { id } = await webhooks.create({ accountId: 1, url: before.url });
    await publish();
    await until(() => expect(before.received).toHaveLength(1));

    await webhooks.update(id, { url: after.url, headers: { "x-team": "a" } });
    await clock.advance(60_000);
    await ended(1, "delivered");

    expect(after.received[0]!.headers).toMatchObject({
      "x-team": "a",
      "x-trino-delivery": before.received[0]!.headers["x-trino-delivery"],
    });
    expect(after.received[0]!.body).toEqual(before.received[0]!.body);
  });
});
