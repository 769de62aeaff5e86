import { createBus } from "@bus/core";
import { signSha256, signStandardWebhook } from "@bus/http";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { trinoEvents, verifyWebhook, webhookSink, type WebhookSinkOptions } from "../src/index.ts";
import { aMessage, wireBody } from "./fixtures.ts";
import { aReceiver, type Received } from "./receiver.ts";

const TIMESTAMP = 1_781_699_568;
const now = TIMESTAMP * 1000;
const body = String.raw`{"event":"message_created","id":118,"content":"a \u003cb\u003e \u0026 ção"}`;
const VECTOR = {
  "x-trino-timestamp": String(TIMESTAMP),
  "x-trino-signature": "sha256=ed8dbe7c6a3087acdc23dfe0c663eb8f922bd2568b6a95aaafc4bf9bda772d24",
};

const INVALID = expect.objectContaining({ code: "BUS_SIGNATURE_INVALID" });

/** The headers of a request that is signed both ways. */
function signed(
  secrets: readonly string[],
  content: string | Uint8Array = body,
  id = "event-1",
  timestamp = TIMESTAMP,
) {
  return {
    "x-trino-event": "message_created",
    "x-trino-delivery": "delivery-1",
    "x-trino-timestamp": String(timestamp),
    "x-trino-signature": signSha256(secrets, timestamp, content),
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signStandardWebhook(secrets, { id, timestamp, body: content }),
  };
}

/** What a receiver gets of a bus's sink. */
async function sent(options: Partial<WebhookSinkOptions>, secret: string | readonly string[]): Promise<Received> {
  const receiver = await aReceiver();
  const endpoints = [{ id: "crm", url: receiver.url, secret }];
  const sinks = { hooks: webhookSink({ endpoints, allow: ["127.0.0.1"], ...options }) };
  const bus = createBus({ name: "helpdesk", events: trinoEvents, sinks });
  await bus.start();
  onTestFinished(() => bus.stop());
  await bus.publish("message.created", aMessage(), { id: "event-1" });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
  return receiver.received[0]!;
}

describe("verifyWebhook", () => {
  it.each<[string, unknown]>([
    ["one that is not set", undefined],
    ["a list with one that is not set", ["secret", undefined]],
    ["none", []],
    ["an empty one", ""],
    [
      "a public key, which anybody may have and so sign with its text",
      "whpk_MCowBQYDK2VwAyEAabcdefghijklmnopqrstuvwxyz0",
    ],
  ])("refuses %s as its secret", (_, secrets) => {
    expect(() => verifyWebhook(body, signed(["secret"]), secrets as string, { now })).toThrow(
      expect.objectContaining({ code: "BUS_SECRET_INVALID" }),
    );
  });

  it("takes the contract's test vector", () => {
    expect(verifyWebhook(body, VECTOR, "test-secret", { now })).toEqual({
      event: "message_created",
      payload: JSON.parse(body),
      eventId: undefined,
      deliveryId: undefined,
      sentAt: now,
    });
  });

  it.each([
    ["X-Trino-", {}],
    ["X-Chatwoot-", { headerPrefix: "X-Chatwoot-" }],
  ])("takes what the sink sends under %s", async (prefix, options) => {
    const request = await sent(options, ["the new secret", "the old secret"]);

    const webhook = verifyWebhook(request.body, request.headers, "the old secret", { prefix });

    expect(webhook).toMatchObject({
      event: "message_created",
      payload: wireBody("message_created"),
      eventId: "event-1",
      deliveryId: request.headers[`${prefix}Delivery`.toLowerCase()],
    });
    expect(Math.abs(Date.now() - webhook.sentAt)).toBeLessThan(60_000);
  });

  it("takes what the sink sends by its Standard Webhooks signature, when the desk's own has another prefix", async () => {
    const request = await sent({ headerPrefix: "X-Chatwoot-" }, "s");

    expect(verifyWebhook(request.body, request.headers, "s")).toMatchObject({ eventId: "event-1" });
  });

  it("refuses a body that was parsed and written again", async () => {
    const request = await sent({}, "s");
    const again = JSON.stringify(JSON.parse(request.body.toString()), undefined, 1);

    expect(() => verifyWebhook(again, request.headers, "s")).toThrow(INVALID);
  });

  it("refuses a body that is not raw, and times that are no numbers", () => {
    const headers = signed(["s"]);

    expect(() => verifyWebhook(JSON.parse(body), headers, "s", { now })).toThrow(TypeError);
    expect(() => verifyWebhook(body, headers, "s", { now, toleranceMs: Number.NaN })).toThrow(TypeError);
    expect(() => verifyWebhook(body, headers, "s", { now: Number.NaN })).toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ["Headers", new Headers(signed(["s"]))],
    ["an object of lists", Object.fromEntries(Object.entries(signed(["s"])).map(([name, value]) => [name, [value]]))],
    ["names in upper case", Object.fromEntries(Object.entries(signed(["s"])).map(([k, v]) => [k.toUpperCase(), v]))],
    ["absent headers", { ...signed(["s"]), "x-forwarded-for": undefined }],
  ])("reads %s", (_, headers) => {
    expect(verifyWebhook(body, headers as Headers, "s", { now })).toMatchObject({
      eventId: "event-1",
      deliveryId: "delivery-1",
    });
  });

  it.each(["the new secret", "the old secret", "whsec_c2VjcmV0LWtleQ=="])("finds %s among several", (secret) => {
    const secrets = ["the new secret", "the old secret", "whsec_c2VjcmV0LWtleQ=="];

    expect(verifyWebhook(body, signed([secret]), secrets, { now }).eventId).toBe("event-1");
    expect(verifyWebhook(body, signed(secrets), secret, { now }).eventId).toBe("event-1");
    expect(() => verifyWebhook(body, signed(["another"]), secrets, { now })).toThrow(INVALID);
  });

  it.each([300_000, -300_000])("takes a request %i ms after it was signed", (ageMs) => {
    expect(verifyWebhook(body, signed(["s"]), "s", { now: now + ageMs }).sentAt).toBe(now);
  });

  it.each([300_001, -300_001])("refuses a request %i ms after it was signed", (ageMs) => {
    expect(() => verifyWebhook(body, signed(["s"]), "s", { now: now + ageMs })).toThrow(INVALID);
    expect(verifyWebhook(body, signed(["s"]), "s", { now: now + ageMs, toleranceMs: 300_001 }).sentAt).toBe(now);
  });

  it("goes by the system's clock", () => {
    const timestamp = Math.floor(Date.now() / 1000);

    expect(verifyWebhook(body, signed(["s"], body, "event-1", timestamp), "s").sentAt).toBe(timestamp * 1000);
    expect(() => verifyWebhook(body, signed(["s"], body, "event-1", timestamp - 400), "s")).toThrow(INVALID);
  });

  it.each<[string, object]>([
    ["no signature", { "x-trino-signature": undefined, "webhook-signature": undefined }],
    ["an empty signature", { "x-trino-signature": "" }],
    ["an empty standard signature", { "webhook-signature": "" }],
    ["no timestamp", { "x-trino-timestamp": undefined }],
    ["no standard timestamp", { "webhook-timestamp": undefined }],
    ["no event id beside its signature", { "webhook-id": undefined }],
    ["another event id", { "webhook-id": "event-2" }],
    ["two event ids", { "webhook-id": ["event-1", "event-2"] }],
    ["a signature twice", { "x-trino-signature": [VECTOR["x-trino-signature"], "sha256=00"] }],
    ["a header in two cases", { "X-Trino-Timestamp": String(TIMESTAMP) }],
    ["two delivery ids", { "x-trino-delivery": ["a", "b"] }],
  ])("refuses a request with %s", (_, change) => {
    expect(() => verifyWebhook(body, { ...signed(["s"]), ...change }, "s", { now })).toThrow(INVALID);
  });

  it("names no event id that no signature vouches for", () => {
    const headers = { ...VECTOR, "webhook-id": "event-1", "webhook-timestamp": String(TIMESTAMP) };

    expect(verifyWebhook(body, headers, "test-secret", { now }).eventId).toBeUndefined();
  });

  it("refuses to check against nothing", () => {
    const withoutSecret = expect.objectContaining({ code: "BUS_SECRET_INVALID" });

    expect(() => verifyWebhook(body, VECTOR, [], { now })).toThrow(withoutSecret);
    expect(() => verifyWebhook(body, VECTOR, "", { now })).toThrow(withoutSecret);
  });

  it("names no event that the body does not", () => {
    for (const other of ["no JSON", "[]", "null", '{"event":1}', "{}"])
      expect(verifyWebhook(other, signed(["s"], other), "s", { now }).event).toBeUndefined();
  });
});

describe("what verifyWebhook takes", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });

  it("is any body that was signed", () => {
    fc.assert(
      fc.property(bytes, fc.string({ minLength: 1 }), (content, secret) => {
        fc.pre(!/^wh(sec|sk|pk)_/.test(secret));
        expect(verifyWebhook(content, signed([secret], content), [secret], { now }).eventId).toBe("event-1");
      }),
    );
  });

  it("is no body of which a bit has changed", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 0, max: 7 }), (content, at, bit) => {
        const changed = Uint8Array.from(content);
        changed[at % content.length]! ^= 1 << bit;
        expect(() => verifyWebhook(changed, signed(["s"], content), "s", { now })).toThrow(INVALID);
      }),
    );
  });

  it("is no other timestamp, and no signature of which a digit has changed", () => {
    const names = ["x-trino-timestamp", "x-trino-signature", "webhook-timestamp", "webhook-signature"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 0, max: 15 }), (name, at, hex) => {
        const digit = hex.toString(16);
        const headers = signed(["s"]);
        const value = headers[name];
        // The last digit of base64 holds bits that mean nothing.
        const place = at % (value.length - 2);
        const changed = value.slice(0, place) + digit + value.slice(place + 1);
        fc.pre(changed !== value);
        expect(() => verifyWebhook(body, { ...headers, [name]: changed }, "s", { now, toleranceMs: Infinity })).toThrow(
          INVALID,
        );
      }),
    );
  });
});
