import { describe, expect, it } from "vitest";
import { verifyWebhook } from "../src/index.ts";
import { aStartedBus, NOW, type BusScript } from "./a-started-bus.ts";
import { aReceiver, status } from "./receiver.ts";

async function aWebhook(url: string, settings: object = {}, script: BusScript = {}) {
  const started = await aStartedBus(script);
  const { webhooks } = started.bus.sinks.hooks;
  const webhook = await webhooks.create({ accountId: 1, name: "CRM", url, ...settings });
  return { ...started, webhook, test: () => webhooks.test(webhook.id) };
}

describe("the test of a webhook", () => {
  it("is one signed POST, beside all deliveries", async () => {
    const receiver = await aReceiver((response) => response.writeHead(202).end("thanks"));
    const { test, webhook, deliveries } = await aWebhook(receiver.url, { headers: { "x-team": "a" } });

    const result = await test();

    expect(result).toEqual({ isDelivered: true, status: 202, latencyMs: expect.any(Number), detail: "thanks" });
    const [{ body, headers }] = receiver.received as [(typeof receiver.received)[0]];
    const { payload, ...verified } = verifyWebhook(body, headers, webhook.secret, { now: NOW });
    expect(verified).toEqual({
      event: "webhook_test",
      eventId: verified.deliveryId,
      deliveryId: expect.stringMatching(/^test_[0-9a-f-]{36}$/),
      sentAt: Math.floor(NOW / 1000) * 1000,
    });
    expect(payload).toEqual({
      event: "webhook_test",
      account: { id: 1 },
      webhook: { id: webhook.id, name: "CRM", url: receiver.url, subscriptions: webhook.subscriptions },
      sent_at: new Date(NOW).toISOString(),
    });
    expect(headers).toMatchObject({
      "x-trino-event": "webhook_test",
      "x-team": "a",
      "user-agent": "Bus-Webhooks",
      "content-type": "application/json; charset=utf-8",
    });
    expect(await deliveries()).toEqual([]);
  });

  it("has another id each time", async () => {
    const receiver = await aReceiver();
    const { test } = await aWebhook(receiver.url);

    await test();
    await test();

    expect(new Set(receiver.received.map(({ headers }) => headers["x-trino-delivery"])).size).toBe(2);
  });

  it.each([302, 404, 410, 500])("tells of a %i, without effect on the webhook", async (code) => {
    const receiver = await aReceiver(status(code));
    const { test, webhook, bus, signals } = await aWebhook(receiver.url);

    const result = await test();

    expect(result).toMatchObject({ isDelivered: false, status: code, reason: expect.stringContaining(String(code)) });
    expect(await bus.sinks.hooks.webhooks.get(webhook.id)).toMatchObject({ enabled: true });
    expect(signals).toEqual([]);
  });

  it("keeps 4 KiB of the answer", async () => {
    const receiver = await aReceiver((response) => response.end("x".repeat(100_000)));
    const { test } = await aWebhook(receiver.url);

    expect((await test()).detail).toBe("x".repeat(4096));
  });

  it("tells that no answer came before the webhook's deadline", async () => {
    const receiver = await aReceiver(() => {});
    const { test } = await aWebhook(receiver.url, { deadlineMs: 50 });

    expect(await test()).toEqual({
      isDelivered: false,
      latencyMs: expect.any(Number),
      reason: expect.stringContaining("50 ms"),
    });
  });

  it("tells that nobody listens", async () => {
    const { test } = await aWebhook("http://127.0.0.1:1/");

    expect(await test()).toMatchObject({ isDelivered: false, reason: expect.stringContaining("ECONNREFUSED") });
  });

  it("reaches no private address, but for those that the webhook may reach", async () => {
    const receiver = await aReceiver();
    const refused = await aWebhook(receiver.url, {}, { allow: [] });
    const allowed = await aWebhook(receiver.url, { allow: ["127.0.0.1"] }, { allow: [] });

    expect(await refused.test()).toMatchObject({
      isDelivered: false,
      reason: "The target has no public address, and is not allowed.",
    });
    expect(receiver.received).toHaveLength(0);
    expect(await allowed.test()).toMatchObject({ isDelivered: true });
  });

  it("reaches a webhook that is disabled", async () => {
    const receiver = await aReceiver();
    const { test } = await aWebhook(receiver.url, { enabled: false });

    expect(await test()).toMatchObject({ isDelivered: true });
  });

  it("rejects for a webhook that is not there, and when the bus has stopped or stops", async () => {
    const receiver = await aReceiver(() => {});
    const { test, webhook, bus, stop, until } = await aWebhook(receiver.url);
    const { webhooks } = bus.sinks.hooks;

    await expect(webhooks.test(webhook.id + 1)).rejects.toMatchObject({ code: "BUS_WEBHOOK_UNKNOWN" });
    const underWay = test().catch((error: unknown) => error);
    await until(() => expect(receiver.received).toHaveLength(1));
    await stop();
    expect(await underWay).toMatchObject({ code: "BUS_NOT_RUNNING" });
    await expect(test()).rejects.toMatchObject({ code: "BUS_NOT_RUNNING" });
    expect(receiver.received).toHaveLength(1);
  });
});
