import { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";
import { webhookSink, type WebhookSinkOptions } from "../src/index.ts";
import { REFUSED_URLS } from "./refused-urls.ts";

const crm = { id: "crm", url: "https://crm.test/hook" };
const shop = { id: "shop", url: "https://shop.test/hook" };

function refusalOf(options: unknown): string {
  try {
    webhookSink(options as WebhookSinkOptions);
  } catch (error) {
    if (BusError.is(error, "BUS_OPTION_INVALID")) return error.message;
    throw error;
  }
  return "none";
}

describe("the options", () => {
  it.each<[string, object, string]>([
    ["endpoints that are no list", { endpoints: {} }, "endpoints: "],
    ["an unknown option", { endpoints: [], secrets: [] }, '"secrets"'],
    ["an unknown field", { endpoints: [{ ...crm, uri: "x" }] }, 'endpoints[0]: Unrecognized key: "uri"'],
    ["no id", { endpoints: [{ url: crm.url }] }, "endpoints[0].id: "],
    ["an empty id", { endpoints: [{ ...crm, id: "" }] }, "endpoints[0].id: "],
    ["the id *", { endpoints: [{ ...crm, id: "*" }] }, "endpoints[0].id: "],
    ["an id of digits", { endpoints: [{ ...crm, id: "10" }] }, "endpoints[0].id: Digits alone"],
    ["two of one id", { endpoints: [crm, { ...shop, id: "crm" }] }, "endpoints[1].id: Another endpoint has this id"],
    [
      "two of one URL",
      { endpoints: [crm, { ...shop, url: "HTTPS://CRM.test:443/hook" }] },
      "endpoints[1].url: Another endpoint",
    ],
    [
      "no subscriptions",
      { endpoints: [{ ...crm, subscriptions: [] }] },
      "endpoints[0].subscriptions: Subscriptions Invalid events",
    ],
    [
      "unknown subscriptions",
      { endpoints: [{ ...crm, subscriptions: ["message.created"] }] },
      "Subscriptions Invalid events",
    ],
    [
      "subscriptions that are none",
      { endpoints: [{ ...crm, subscriptions: "message_created" }] },
      "Subscriptions Invalid events",
    ],
    ["an empty secret", { endpoints: [{ ...crm, secret: "" }] }, "endpoints[0].secret: "],
    ["a list of no secrets", { endpoints: [{ ...crm, secret: [] }] }, "endpoints[0].secret: "],
    ["a secret that is no base64", { endpoints: [{ ...crm, secret: "whsec_é" }] }, "endpoints[0].secret: "],
    [
      "a private key",
      { endpoints: [{ ...crm, secret: "whsk_AAAA" }] },
      "endpoints[0].secret: The signing secret is not valid: an ed25519 key",
    ],
    ["a header of two lines", { endpoints: [{ ...crm, headers: { "X-A": "1\r\nX-B: 2" } }] }, "endpoints[0].headers: "],
    [
      "a header of the transport",
      { endpoints: [{ ...crm, headers: { "Content-Length": "1" } }] },
      "endpoints[0].headers: ",
    ],
    [
      "a header of the sink",
      { endpoints: [{ ...crm, headers: { "webhook-ID": "1" } }] },
      'endpoints[0].headers: "webhook-ID"',
    ],
    [
      "a prefixed header of the sink",
      { endpoints: [{ ...crm, headers: { "x-trino-event": "1" } }] },
      '"x-trino-event"',
    ],
    ["a filter of no value", { endpoints: [{ ...crm, where: { a: [] } }] }, "endpoints[0].where.a: "],
    ["a rate of nothing", { endpoints: [{ ...crm, rate: { limit: 0, perMs: 1 } }] }, "endpoints[0].rate.limit: "],
    ["an endpoint's wrong allow-list", { endpoints: [{ ...crm, allow: ["/8"] }] }, "endpoints[0].allow: "],
    ["a fate nobody knows", { whenDisabled: "keep" }, "whenDisabled: "],
    ["a time to disable after of nothing", { disableAfterMs: 0 }, "disableAfterMs: "],
    ["a time to disable after that is no number", { disableAfterMs: "5 days" }, "disableAfterMs: "],
    ["a prefix of the Standard Webhooks headers", { endpoints: [], headerPrefix: "Webhook-" }, "headerPrefix: "],
    ["a prefix that is no name", { endpoints: [], headerPrefix: "X Trino" }, "headerPrefix: "],
    ["no time", { endpoints: [], deadlineMs: 0 }, "deadlineMs: "],
    ["a wrong allow-list", { endpoints: [], allow: ["10.0.0.0/99"] }, "allow: "],
    ["a wrong user agent", { endpoints: [], userAgent: "a\nb" }, "userAgent: "],
  ])("are refused with %s", (_, options, message) => {
    expect(refusalOf(options)).toContain(message);
  });

  it.each(REFUSED_URLS)("are refused with the URL %j", (url) => {
    expect(refusalOf({ endpoints: [{ ...crm, url }] })).toContain("endpoints[0].url: Url is invalid");
  });

  it("never show a secret, a header's value or a URL", () => {
    const endpoint = { id: "", url: "ftp://s3cret", secret: "whsec_s3cret!", headers: { "X-A": "s3cret\n" } };

    expect(refusalOf({ endpoints: [endpoint] })).not.toContain("s3cret");
  });

  it("may have one URL in two accounts", () => {
    expect(
      refusalOf({
        endpoints: [
          { ...crm, account: 1 },
          { ...crm, id: "other", account: 2 },
        ],
      }),
    ).toBe("none");
  });

  it("may all be left out", () => {
    expect(webhookSink({}).options).toEqual({
      endpoints: [],
      headerPrefix: "X-Trino-",
      deadlineMs: 15_000,
      allow: [],
      userAgent: "Bus-Webhooks",
      whenDisabled: "park",
      disableAfterMs: 5 * 24 * 60 * 60 * 1000,
    });
  });

  it("may say that no webhook is disabled for its failures", () => {
    expect(refusalOf({ disableAfterMs: Infinity })).toBe("none");
  });

  it("give an endpoint what a registered webhook can have", () => {
    const settings = {
      name: "CRM",
      subscriptions: ["message_created"],
      inboxId: 7,
      where: { message_type: "incoming" },
      headers: { "X-Tenant": "acme" },
      deadlineMs: 2_000,
      allow: ["10.0.0.0/8"],
      rate: { limit: 10, perMs: 1_000 },
      concurrency: 2,
    } as const;

    const { options } = webhookSink({ endpoints: [{ ...crm, ...settings }] });

    expect(options).toMatchObject({ endpoints: [settings] });
  });

  it("give the engine more time than the deadline", () => {
    expect(webhookSink({ endpoints: [crm], deadlineMs: 60_000 }).policy.timeoutMs).toBeGreaterThan(60_000);
    expect(webhookSink({ deadlineMs: 500 }, { timeoutMs: 501, concurrency: 1 }).policy).toEqual({
      timeoutMs: 501,
      concurrency: 1,
    });
  });

  it("do not let the engine cut every attempt short", () => {
    expect(() => webhookSink({}, { timeoutMs: 15_000 })).toThrow(
      expect.objectContaining({ code: "BUS_OPTION_INVALID", message: expect.stringContaining("timeoutMs") }),
    );
  });

  it("are typed", () => {
    // @ts-expect-error: "message.created" is the bus's name, not the wire's.
    expect(() => webhookSink({ endpoints: [{ ...crm, subscriptions: ["message.created"] }] })).toThrow(BusError);
  });
});
