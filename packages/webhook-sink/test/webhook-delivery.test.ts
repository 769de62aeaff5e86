import { systemClock, type Clock, type DeliverContext, type Delivery, type Outcome } from "@bus/core";
import { gotTransport, verifySha256, verifyStandardWebhook } from "@bus/http";
import { describe, expect, it, onTestFinished } from "vitest";
import type { WebhookEndpoint } from "../src/endpoint.ts";
import { webhookSinkOptions, type WebhookSinkOptions } from "../src/options.ts";
import { WebhookDelivery } from "../src/webhook-delivery.ts";
import { aDelivery, anEvent } from "./deliveries.ts";
import { aConversation, aMessage, wireBody } from "./fixtures.ts";
import { aReceiver } from "./receiver.ts";

const NOW = 1_781_699_568_358;
const clock: Clock = { ...systemClock, now: () => NOW };
const verifiedAt = { now: NOW };

function aSink(
  endpoints: readonly Partial<WebhookEndpoint>[],
  options: Partial<WebhookSinkOptions> = {},
): WebhookDelivery {
  const http = gotTransport();
  onTestFinished(() => http.stop());
  const parsed = webhookSinkOptions.parse({
    allow: ["127.0.0.1"],
    ...options,
    endpoints: endpoints.map((endpoint, index) => ({ id: "crm", url: `https://crm.test/${index}`, ...endpoint })),
  });
  return new WebhookDelivery(parsed, http, clock);
}

async function deliver(
  sink: WebhookDelivery,
  delivery: Delivery = aDelivery(),
  context: DeliverContext = { signal: new AbortController().signal },
): Promise<Outcome> {
  const [outcome, ...rest] = await sink.deliver([delivery], context);
  expect(rest).toEqual([]);
  return outcome!;
}

describe("a delivery", () => {
  it("is one POST of the contract's body with the contract's headers", async () => {
    const receiver = await aReceiver();
    const sink = aSink([{ url: receiver.url, secret: "test-secret" }]);

    const outcome = await deliver(sink);

    expect(outcome).toEqual({ kind: "delivered", info: { status: 200, detail: "ok" } });
    expect(receiver.received).toHaveLength(1);
    const { method, path, headers, body } = receiver.received[0]!;
    expect([method, path]).toEqual(["POST", "/hook"]);
    expect(JSON.parse(body.toString())).toStrictEqual(wireBody("message_created"));
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      accept: "application/json",
      "user-agent": "Bus-Webhooks",
      "content-length": String(body.length),
      "x-trino-event": "message_created",
      "x-trino-delivery": "delivery-1",
      "x-trino-timestamp": "1781699568",
      "x-trino-signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
      "webhook-id": "event-1",
      "webhook-timestamp": "1781699568",
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
  });

  it("names a conversation's event", async () => {
    const receiver = await aReceiver();

    await deliver(
      aSink([{ url: receiver.url }]),
      aDelivery({ event: anEvent({ type: "conversation.created", data: aConversation() }) }),
    );

    expect(receiver.received[0]?.headers["x-trino-event"]).toBe("conversation_created");
    expect(JSON.parse(String(receiver.received[0]?.body))).toStrictEqual(wireBody("conversation_created"));
  });

  it("is signed with each secret, both ways", async () => {
    const receiver = await aReceiver();
    const secrets = ["old", "whsec_bmV3LXNlY3JldA=="];

    await deliver(aSink([{ url: receiver.url, secret: secrets }]));

    const { headers, body } = receiver.received[0]!;
    const signature = String(headers["x-trino-signature"]);
    const standardSignature = String(headers["webhook-signature"]);
    expect(signature.split(",")).toHaveLength(2);
    expect(standardSignature.split(" ")).toHaveLength(2);
    for (const secret of secrets) {
      verifySha256([secret], { signature, timestamp: String(headers["x-trino-timestamp"]), body }, verifiedAt);
      verifyStandardWebhook(
        [secret],
        { id: "event-1", timestamp: String(headers["webhook-timestamp"]), body, signature: standardSignature },
        verifiedAt,
      );
    }
  });

  it("has neither timestamp nor signature without a secret", async () => {
    const receiver = await aReceiver();

    await deliver(aSink([{ url: receiver.url }]));

    const { headers } = receiver.received[0]!;
    expect(headers).toMatchObject({ "x-trino-delivery": "delivery-1", "webhook-id": "event-1" });
    expect(Object.keys(headers).filter((name) => /signature|timestamp/.test(name))).toEqual([]);
  });

  it("bears the host's prefix, user agent and headers", async () => {
    const receiver = await aReceiver();
    const headers = { Authorization: "Bearer x", "X-Team": "a b" };

    await deliver(
      aSink([{ url: receiver.url, secret: "s", headers }], { headerPrefix: "X-Chatwoot-", userAgent: "Helpdesk/2" }),
    );

    const got = receiver.received[0]!.headers;
    expect(got).toMatchObject({ authorization: "Bearer x", "x-team": "a b", "user-agent": "Helpdesk/2" });
    expect(got).toMatchObject({ "x-chatwoot-event": "message_created", "x-chatwoot-signature": expect.any(String) });
    expect(Object.keys(got).filter((name) => name.startsWith("x-trino-"))).toEqual([]);
  });

  it("has the same body, delivery id and event id on each attempt", async () => {
    const receiver = await aReceiver((response, count) => response.writeHead(count === 1 ? 503 : 200).end());
    const sink = aSink([{ url: receiver.url }]);

    const outcomes = [await deliver(sink), await deliver(sink, aDelivery({ attempt: 2 }))];

    expect(outcomes.map(({ kind }) => kind)).toEqual(["retry", "delivered"]);
    const [first, second] = receiver.received;
    expect(second?.body).toEqual(first?.body);
    for (const name of ["x-trino-delivery", "webhook-id"]) expect(second?.headers[name]).toBe(first?.headers[name]);
  });

  it("of an activity message is skipped, and nothing is sent", async () => {
    const receiver = await aReceiver();
    const event = anEvent({ data: aMessage({ message_type: "activity" }) });

    expect(await deliver(aSink([{ url: receiver.url }]), aDelivery({ event }))).toEqual({
      kind: "skipped",
      reason: "Activity messages are not sent to webhooks.",
    });
    expect(receiver.received).toEqual([]);
  });

  it("of data that does not fit is rejected, and nothing is sent", async () => {
    const receiver = await aReceiver();

    expect((await deliver(aSink([{ url: receiver.url }]), aDelivery({ event: anEvent({ data: {} }) }))).kind).toBe(
      "rejected",
    );
    expect(receiver.received).toEqual([]);
  });

  it("to an endpoint that the host no longer lists disables the lane, which keeps it", async () => {
    expect(await deliver(aSink([]))).toEqual({ kind: "disable", reason: 'The sink has no endpoint "crm".' });
  });
});

describe("the receiver's answer", () => {
  it.each([
    [200, "delivered"],
    [204, "delivered"],
    [400, "rejected"],
    [401, "rejected"],
    [404, "rejected"],
    [408, "retry"],
    [425, "retry"],
    [429, "retry"],
    [500, "retry"],
    [503, "retry"],
  ])("%i is %s", async (status, kind) => {
    const receiver = await aReceiver((response) => response.writeHead(status).end());

    expect(await deliver(aSink([{ url: receiver.url }]))).toMatchObject({ kind, info: { status } });
  });

  it("410 disables the endpoint", async () => {
    const receiver = await aReceiver((response) => response.writeHead(410).end());

    expect(await deliver(aSink([{ url: receiver.url }]))).toEqual({
      kind: "disable",
      reason: "The endpoint answered 410: it is gone.",
      info: { status: 410 },
    });
  });

  it.each([
    ["7", 7_000],
    [new Date(NOW + 60_000).toUTCString(), 59_642],
  ])("429 with Retry-After %s waits %i ms", async (retryAfter, afterMs) => {
    const receiver = await aReceiver((response) => response.writeHead(429, { "retry-after": retryAfter }).end());

    expect(await deliver(aSink([{ url: receiver.url }]))).toMatchObject({ kind: "retry", afterMs });
  });

  it("a redirect is a failure that names the target, which gets nothing", async () => {
    const target = await aReceiver();
    const receiver = await aReceiver((response) => response.writeHead(307, { location: target.url }).end());

    const outcome = await deliver(aSink([{ url: receiver.url, secret: "s" }]));

    expect(outcome).toMatchObject({ kind: "retry", reason: expect.stringContaining(target.url) });
    expect(target.received).toEqual([]);
  });

  it("that never comes is a retry once the deadline is over", async () => {
    const receiver = await aReceiver(() => {});

    const outcome = await deliver(aSink([{ url: receiver.url }], { deadlineMs: 50 }));

    expect(outcome).toMatchObject({ kind: "retry", reason: expect.stringContaining("50 ms") });
  });

  it("that is awaited when the bus stops is a retry", async () => {
    const controller = new AbortController();
    const receiver = await aReceiver(() => controller.abort());

    const outcome = await deliver(aSink([{ url: receiver.url }]), aDelivery(), { signal: controller.signal });

    expect(outcome.kind).toBe("retry");
  });

  it("is a retry when nobody listens", async () => {
    expect((await deliver(aSink([{ url: "http://127.0.0.1:1/" }]))).kind).toBe("retry");
  });

  it("is not asked for at a private address that the host did not allow", async () => {
    const receiver = await aReceiver();

    expect((await deliver(aSink([{ url: receiver.url }], { allow: [] }))).kind).toBe("rejected");
    expect(receiver.received).toEqual([]);
  });
});

describe("the destinations of an event", () => {
  it("are the endpoints of its account, and those without one", () => {
    const sink = aSink([
      { id: "a", account: 1 },
      { id: "b", account: "1", url: "https://b.test" },
      { id: "c", account: 2 },
      { id: "d" },
    ]);

    expect(sink.destinations(anEvent())).toEqual(["a", "b", "d"]);
    expect(sink.destinations(anEvent({ data: {} }))).toEqual(["d"]);
  });

  it("are the endpoints that subscribed to it", () => {
    const sink = aSink([
      { id: "a", subscriptions: ["message_created"] },
      { id: "b", subscriptions: ["conversation_created", "inbox_created"] },
      { id: "c" },
    ]);

    expect(sink.destinations(anEvent())).toEqual(["a", "c"]);
    expect(sink.destinations(anEvent({ type: "conversation.created" }))).toEqual(["b", "c"]);
    expect(sink.destinations(anEvent({ type: "inbox.created" }))).toEqual(["b"]);
    expect(sink.destinations(anEvent({ type: "ticket.created" }))).toEqual([]);
    expect(sink.destinations(anEvent({ type: "constructor" }))).toEqual([]);
  });

  it("take in, by default, the eight documented events with contacts, without typing and inboxes", () => {
    const sink = aSink([{ id: "a" }]);
    const isSent = (type: string) => sink.destinations(anEvent({ type })).length > 0;

    expect(["webwidget.triggered", "contact.created", "contact.updated", "message.updated"].map(isSent)).not.toContain(
      false,
    );
    expect(
      ["conversation.typing_on", "conversation.typing_off", "inbox.created", "inbox.updated"].map(isSent),
    ).not.toContain(true);
  });
});
