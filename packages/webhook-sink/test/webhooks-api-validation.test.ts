import { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";
import { ZodError } from "zod";
import type { NewWebhook, WebhookChanges } from "../src/index.ts";
import { aStartedBus } from "./a-started-bus.ts";
import { REFUSED_URLS } from "./refused-urls.ts";

const crm = { accountId: 1, url: "https://crm.test/hook" };

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `h${index}`);

/** The words of the refusal, and those of its issues. */
async function refusalOf(call: Promise<unknown>): Promise<{ message: string; issues: readonly string[] }> {
  try {
    await call;
  } catch (error) {
    if (!BusError.is(error, "BUS_WEBHOOK_INVALID") || !(error.cause instanceof ZodError)) throw error;
    return {
      message: error.message,
      issues: error.cause.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    };
  }
  throw new Error("It was not refused.");
}

describe("a webhook", () => {
  it.each(REFUSED_URLS)("is refused with the URL %j", async (url) => {
    const { bus } = await aStartedBus();

    const { issues } = await refusalOf(bus.sinks.hooks.webhooks.create({ accountId: 1, url } as NewWebhook));

    expect(issues).toEqual(["url: Url is invalid"]);
  });

  it.each([[[]], [["message.created"]], ["message_created"], [[7]], [["message_created", "x"]]])(
    "is refused with the subscriptions %j",
    async (subscriptions) => {
      const { bus } = await aStartedBus();

      const { issues } = await refusalOf(bus.sinks.hooks.webhooks.create({ ...crm, subscriptions } as NewWebhook));

      expect(issues).toEqual(["subscriptions: Subscriptions Invalid events"]);
    },
  );

  const settings: [string, object, string][] = [
    ["a long URL", { url: `https://crm.test/${"x".repeat(2_040)}` }, "url: Url is too long"],
    ["a long name", { name: "x".repeat(256) }, "name: "],
    ["an inbox that is none", { inboxId: {} }, "inboxId: "],
    ["a long inbox id", { inboxId: "x".repeat(256) }, "inboxId: "],
    ["an empty filter path", { where: { "": 1 } }, "where"],
    ["a filter value that is no scalar", { where: { a: {} } }, "where.a: "],
    ["a filter of no value", { where: { a: [] } }, "where.a: "],
    ["a filter on __proto__", { where: JSON.parse('{"__proto__":1}') }, "where: "],
    [
      "too many filter paths",
      { where: Object.fromEntries(many(21).map((path) => [path, 1])) },
      "where: Too many paths",
    ],
    ["too many headers", { headers: Object.fromEntries(many(51).map((name) => [name, ""])) }, "headers: Too many"],
    ["long headers", { headers: { a: "x".repeat(8 * 1024) } }, "headers: Headers are too long"],
    ["a header of two lines", { headers: { "X-A": "1\r\nX-B: 2" } }, "headers: "],
    ["a header of the transport", { headers: { Host: "x" } }, "headers: "],
    ["a header of the sink", { headers: { "webhook-ID": "x" } }, 'headers: "webhook-ID" is written by the sink'],
    ["a prefixed header of the sink", { headers: { "x-desk-event": "x" } }, 'headers: "x-desk-event" is written'],
    ["no time", { deadlineMs: 0 }, "deadlineMs: "],
    ["a wrong allow-list", { allow: ["10.0.0.0/99"] }, "allow: "],
    ["a long allow-list", { allow: many(101) }, "allow: "],
    ["a rate of nothing", { rate: { limit: 0, perMs: 1 } }, "rate.limit: "],
    ["a rate of more", { rate: { limit: 1, perMs: 1, per: 1 } }, "rate: "],
    ["no concurrency", { concurrency: 0 }, "concurrency: "],
    ["a claim that is none", { enabled: "yes" }, "enabled: "],
    ["an unknown field", { uri: "x" }, 'Unrecognized key: "uri"'],
    ["a secret of its own", { secret: "x" }, 'Unrecognized key: "secret"'],
  ];

  it.each(settings)("is not created with %s", async (_, fields, words) => {
    const { bus } = await aStartedBus({ headerPrefix: "X-Desk-" });

    const { message, issues } = await refusalOf(bus.sinks.hooks.webhooks.create({ ...crm, ...fields }));

    expect(message).toContain(words);
    expect(issues.join()).toContain(words);
    expect(await bus.sinks.hooks.webhooks.list()).toEqual([]);
  });

  it.each(settings)("is not changed to have %s", async (_, fields, words) => {
    const { bus } = await aStartedBus({ headerPrefix: "X-Desk-" });
    await bus.sinks.hooks.webhooks.create(crm);
    const before = await bus.sinks.hooks.webhooks.list();

    const { message } = await refusalOf(bus.sinks.hooks.webhooks.update(1, fields));

    expect(message).toContain(words);
    expect(await bus.sinks.hooks.webhooks.list()).toEqual(before);
  });

  it.each<[string, unknown, string]>([
    ["no account", { url: crm.url }, "accountId: "],
    ["an empty account id", { ...crm, accountId: "" }, "accountId: "],
    ["a long account id", { ...crm, accountId: "x".repeat(256) }, "accountId: "],
    ["nothing", undefined, ""],
    ["a list", [crm], ""],
  ])("is not created of %s", async (_, webhook, words) => {
    const { bus } = await aStartedBus();

    const { message } = await refusalOf(bus.sinks.hooks.webhooks.create(webhook as NewWebhook));

    expect(message).toContain(words);
  });

  it("stays with its account", async () => {
    const { bus } = await aStartedBus();
    await bus.sinks.hooks.webhooks.create(crm);

    const { message } = await refusalOf(bus.sinks.hooks.webhooks.update(1, { accountId: 2 } as WebhookChanges));

    expect(message).toContain('"accountId"');
  });

  it("keeps a URL: null is none", async () => {
    const { bus } = await aStartedBus();
    await bus.sinks.hooks.webhooks.create(crm);

    const { issues } = await refusalOf(bus.sinks.hooks.webhooks.update(1, { url: null } as unknown as WebhookChanges));

    expect(issues).toEqual(["url: Url is invalid"]);
  });

  it.each([-1, 0.5, Infinity, "1"])("does not rotate its secret with an overlap of %s", async (overlapMs) => {
    const { bus } = await aStartedBus();
    await bus.sinks.hooks.webhooks.create(crm);

    const { message } = await refusalOf(bus.sinks.hooks.webhooks.rotateSecret(1, { overlapMs: overlapMs as number }));

    expect(message).toContain("overlapMs: ");
  });

  it("is not removed with its deliveries kept in a way nobody knows", async () => {
    const { bus } = await aStartedBus();
    await bus.sinks.hooks.webhooks.create(crm);

    const { message } = await refusalOf(bus.sinks.hooks.webhooks.remove(1, { pending: "keep" as "park" }));

    expect(message).toContain("pending: ");
    expect(await bus.sinks.hooks.webhooks.list()).toHaveLength(1);
  });

  it("is refused without showing what may be secret of it", async () => {
    const { bus } = await aStartedBus();
    const webhook = {
      accountId: {},
      url: "ftp://s3cret",
      headers: { "X-A": "s3cret\n" },
      name: ["s3cret"],
      where: { a: { b: "s3cret" } },
      allow: "s3cret",
    };

    const { message, issues } = await refusalOf(bus.sinks.hooks.webhooks.create(webhook as unknown as NewWebhook));

    expect(issues).toHaveLength(6);
    expect(message + issues.join()).not.toContain("s3cret");
  });
});
