import { createBus, type DeliveryPolicy, type DeliveryState, type DeliveryView } from "@bus/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { trinoEvents, webhookSink, type WebhookEndpoint } from "../src/index.ts";
import { aConversation, aMessage, wireBody } from "./fixtures.ts";
import { aReceiver } from "./receiver.ts";

async function aStartedBus(endpoints: readonly WebhookEndpoint[], policy: DeliveryPolicy = { retry: [10, 10] }) {
  const sink = webhookSink({ endpoints, deadlineMs: 200, allow: ["127.0.0.1"] }, policy);
  const bus = createBus({ name: "helpdesk", events: trinoEvents, sinks: { hooks: sink } });
  await bus.start();
  onTestFinished(() => bus.stop());
  return bus;
}

/** The deliveries, once there are `count` and none is to be tried again. */
async function settled(bus: Awaited<ReturnType<typeof aStartedBus>>, count: number): Promise<readonly DeliveryView[]> {
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
    const bus = await aStartedBus([
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
    const bus = await aStartedBus([{ id: "crm", url: crm.url, secret: "s" }]);
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

  it("have one event id and a delivery id of their own at each endpoint", async () => {
    const crm = await aReceiver();
    const shop = await aReceiver();
    const bus = await aStartedBus([
      { id: "crm", url: crm.url },
      { id: "shop", url: shop.url },
    ]);

    const event = await bus.publish("message.created", aMessage());
    await settled(bus, 2);

    const ids = [crm, shop].map(({ received }) => received[0]?.headers);
    expect(ids.map((headers) => headers?.["webhook-id"])).toEqual([event.id, event.id]);
    expect(new Set(ids.map((headers) => headers?.["x-trino-delivery"])).size).toBe(2);
  });

  it("are parked for an endpoint that answers 410, until the host enables it", async () => {
    const crm = await aReceiver((response, count) => response.writeHead(count === 1 ? 410 : 200).end());
    const bus = await aStartedBus([{ id: "crm", url: crm.url }], { concurrency: 1 });

    await bus.publish("message.created", aMessage(), { key: "10" });
    await bus.publish("message.created", aMessage(), { key: "10" });
    const parked = await settled(bus, 2);
    await bus.lanes.enable({ sink: "hooks", destination: "crm" });
    const sent = await settled(bus, 2);

    expect(parked.map(({ state }) => state)).toEqual(["parked", "parked"]);
    expect(sent.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  });

  it("end as dead letters when an endpoint never answers, and delay no other", async () => {
    const crm = await aReceiver();
    const silent = await aReceiver(() => {});
    const bus = await aStartedBus([
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

  it("of an activity message are skipped", async () => {
    const bus = await aStartedBus([{ id: "crm", url: "http://127.0.0.1:1/" }]);

    await bus.publish("message.created", { ...aMessage(), message_type: "activity" });

    expect(await settled(bus, 1)).toMatchObject([{ state: "skipped" }]);
  });

  it("take a Date at publish, and no data that does not fit", async () => {
    const crm = await aReceiver();
    const bus = await aStartedBus([{ id: "crm", url: crm.url }]);

    const event = await bus.publish("message.created", { ...aMessage(), created_at: new Date(0) });
    await settled(bus, 1);

    expect(event.data.created_at).toBe("1970-01-01T00:00:00.000Z");
    expect(JSON.parse(String(crm.received[0]?.body)).created_at).toBe("1970-01-01T00:00:00.000Z");
    await expect(bus.publish("message.created", { ...aMessage(), created_at: "soon" })).rejects.toMatchObject({
      code: "BUS_EVENT_INVALID",
    });
  });
});
