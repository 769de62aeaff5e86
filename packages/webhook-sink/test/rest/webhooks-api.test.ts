import { BusError } from "@bus/core";
import { describe, expect, it, vi } from "vitest";
import { DEFAULT_SUBSCRIPTIONS } from "../../src/subscriptions.ts";
import { aReceiver } from "../receiver.ts";
import { aWebhook, anApi, callsTo } from "./an-api.ts";

const URL_A = "https://a.example.com/hook";
const PATIENCE = { timeout: 4_000, interval: 10 };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe("the REST API", () => {
  it("makes a webhook and tells its secret once", async () => {
    const { call } = await anApi();

    const made = await call("POST", "1/webhooks", { webhook: { url: URL_A, name: "CRM", inbox_id: 7 } });
    const listed = await call("GET", "1/webhooks");

    const { secret, ...webhook } = made.json.payload.webhook;
    expect(made.status).toBe(200);
    expect(secret).toMatch(/^whsec_/);
    expect(webhook).toStrictEqual({
      id: 1,
      name: "CRM",
      url: URL_A,
      account_id: 1,
      inbox_id: 7,
      subscriptions: DEFAULT_SUBSCRIPTIONS,
      enabled: true,
      created_at: expect.stringMatching(INSTANT),
      updated_at: expect.stringMatching(INSTANT),
    });
    expect(listed.json).toStrictEqual({ payload: { webhooks: [webhook] } });
  });

  it.each(["PATCH", "PUT"])("changes with %s what is given, and nothing else", async (method) => {
    const { call } = await anApi();
    const { id, secret: _, ...webhook } = await aWebhook(call, { url: URL_A, name: "CRM", inbox_id: 7 });

    const changed = await call(method, `1/webhooks/${id}`, { webhook: { subscriptions: ["message_created"] } });

    expect(changed.status).toBe(200);
    expect(changed.json).toStrictEqual({
      payload: {
        webhook: { ...webhook, id, subscriptions: ["message_created"], updated_at: expect.stringMatching(INSTANT) },
      },
    });
  });

  it("takes optional settings away with null", async () => {
    const { call } = await anApi();
    const { id } = await aWebhook(call, { url: URL_A, name: "CRM", inbox_id: 7, subscriptions: ["message_created"] });

    const changed = await call("PATCH", `1/webhooks/${id}`, {
      webhook: { name: null, inbox_id: null, subscriptions: null },
    });

    expect(changed.json.payload.webhook).not.toHaveProperty("name");
    expect(changed.json.payload.webhook).not.toHaveProperty("inbox_id");
    expect(changed.json.payload.webhook.subscriptions).toEqual(DEFAULT_SUBSCRIPTIONS);
  });

  it("takes back what it gave, and ignores what a caller may not choose", async () => {
    const { call, webhooks } = await anApi();
    const made = await aWebhook(call, { url: URL_A, allow: ["10.0.0.0/8"], headers: { "x-a": "b" }, where: { a: 1 } });

    const changed = await call("PUT", `1/webhooks/${made.id}`, {
      webhook: { ...made, account_id: 2, id: 9, rate: { limit: 1, perMs: 1 }, deadlineMs: 1, concurrency: 1 },
    });

    const { secret: _, ...webhook } = made;
    expect(changed.json.payload.webhook).toStrictEqual({ ...webhook, updated_at: expect.stringMatching(INSTANT) });
    const kept = await webhooks.get(made.id);
    for (const setting of ["allow", "headers", "where", "rate", "deadlineMs", "concurrency"]) {
      expect(kept).not.toHaveProperty(setting);
    }
  });

  it("lets what waits since a 410 go out, when the caller enables the webhook again", async () => {
    const receiver = await aReceiver((response, count) => response.writeHead(count === 1 ? 410 : 200).end());
    const { call, publish } = await anApi();
    const { id } = await aWebhook(call, { url: receiver.url });

    await publish();
    await vi.waitFor(async () => {
      const { json } = await call("GET", "1/webhooks");
      expect(json.payload.webhooks).toMatchObject([{ id, enabled: false }]);
    }, PATIENCE);
    const enabled = await call("PATCH", `1/webhooks/${id}`, { webhook: { enabled: true } });

    expect(enabled.json.payload.webhook.enabled).toBe(true);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE);
  });

  it("enables a webhook again, and keeps to itself the headers that its host has set", async () => {
    const { call, webhooks } = await anApi();
    const { id } = await aWebhook(call, { url: URL_A, enabled: false });
    await webhooks.update(id, { headers: { "x-tenant": "1" } });

    const changed = await call("PATCH", `1/webhooks/${id}`, { webhook: { enabled: true } });

    expect(changed.json.payload.webhook).toMatchObject({ enabled: true });
    expect(changed.text).not.toContain("x-tenant");
  });

  it.each([{ headers: { authorization: "Bearer s3cret" } }, { allow: ["10.0.0.0/8"] }])(
    "does not lead elsewhere what the host has meant for one URL alone: %j",
    async (settings) => {
      const { call, webhooks } = await anApi();
      const { id } = await aWebhook(call, { url: URL_A });
      await webhooks.update(id, settings);

      const same = await call("PUT", `1/webhooks/${id}`, { webhook: { url: URL_A, name: "CRM" } });
      const other = await call("PATCH", `1/webhooks/${id}`, { webhook: { url: "https://evil.example.com/" } });

      expect([same.status, other.status]).toEqual([200, 422]);
      expect(await webhooks.get(id)).toMatchObject({ url: URL_A, name: "CRM" });
    },
  );

  it("removes with an empty 200, once", async () => {
    const { call } = await anApi();
    const { id } = await aWebhook(call);

    const removed = await call("DELETE", `1/webhooks/${id}`);
    const again = await call("DELETE", `1/webhooks/${id}`);

    expect([removed.status, removed.text]).toEqual([200, ""]);
    expect([again.status, again.json]).toEqual([404, { message: "Webhook not found" }]);
    expect((await call("GET", "1/webhooks")).json.payload.webhooks).toEqual([]);
  });

  it.each([
    ["no URL", {}, "Url is invalid"],
    ["a relative URL", { url: "/hook" }, "Url is invalid"],
    ["another scheme", { url: "javascript:alert(1)" }, "Url is invalid"],
    ["a URL that is no text", { url: { toString: "x" } }, "Url is invalid"],
    ["an unknown event", { url: URL_A, subscriptions: ["conversation_random_event"] }, "Subscriptions Invalid events"],
    ["no event", { url: URL_A, subscriptions: [] }, "Subscriptions Invalid events"],
    ["__proto__ as an event", { url: URL_A, subscriptions: ["__proto__"] }, "Subscriptions Invalid events"],
    ["a name that is no text", { url: URL_A, name: 5 }, "Name is invalid"],
    ["an inbox that is no id", { url: URL_A, inbox_id: { id: 1 } }, "Inbox is invalid"],
    ["a word for enabled", { url: URL_A, enabled: "true" }, "Enabled is invalid"],
    [
      "several faults",
      { url: 5, name: 5, subscriptions: 5 },
      "Url is invalid, Name is invalid, Subscriptions Invalid events",
    ],
  ])("refuses %s with 422", async (_case, webhook, message) => {
    const { call, webhooks } = await anApi();

    const refused = await call("POST", "1/webhooks", { webhook });

    expect([refused.status, refused.json]).toEqual([422, { message }]);
    expect(await webhooks.list()).toEqual([]);
  });

  it("refuses a URL that the account has, also in another spelling and by a change", async () => {
    const { call } = await anApi();
    await aWebhook(call, { url: URL_A });
    const { id } = await aWebhook(call, { url: "https://b.example.com/" });

    const made = await call("POST", "1/webhooks", { webhook: { url: "https://A.example.com:443/hook" } });
    const changed = await call("PATCH", `1/webhooks/${id}`, { webhook: { url: URL_A } });
    const other = await call("POST", "2/webhooks", { webhook: { url: URL_A } });

    const taken = { message: "Url has already been taken" };
    expect([made.status, made.json]).toEqual([422, taken]);
    expect([changed.status, changed.json]).toEqual([422, taken]);
    expect(other.status).toBe(200);
  });

  it("makes one webhook of many requests at once for one URL", async () => {
    const { call } = await anApi();

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call("POST", "1/webhooks", { webhook: { url: URL_A } })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 422)]);
    expect((await call("GET", "1/webhooks")).json.payload.webhooks).toHaveLength(1);
  });

  it("asks authorize before anything else, and tells it the decoded account", async () => {
    const asked: unknown[] = [];
    const { call } = await anApi({
      authorize: (request, accountId) => {
        asked.push([request.method, accountId, request.headers.get("x-token")]);
        return false;
      },
    });

    const answers = await Promise.all([
      call("GET", "1/webhooks"),
      call("POST", "a%2Fb%20c/webhooks", "{", { "content-type": "text/plain", "x-token": "t" }),
      call("DELETE", "1/webhooks/1"),
      call("PATCH", "%2531/webhooks/1", "{}"),
      call("OPTIONS", "1/webhooks"),
      call("PUT", "1/webhooks", "{}"),
    ]);

    for (const { status, json } of answers) expect([status, json]).toEqual([401, { message: "Unauthorized" }]);
    expect(asked).toEqual([
      ["GET", "1", null],
      ["POST", "a/b c", "t"],
      ["DELETE", "1", null],
      ["PATCH", "%31", null],
      ["OPTIONS", "1", null],
      ["PUT", "1", null],
    ]);
  });

  it("says the same to the unauthorized whether a webhook is there or not", async () => {
    const { call } = await anApi();
    const { id } = await aWebhook(call);
    const stranger = { authorization: "Bearer guess" };

    const there = await call("DELETE", `1/webhooks/${id}`, undefined, stranger);
    const missing = await call("DELETE", "1/webhooks/999", undefined, stranger);

    expect(there).toEqual(missing);
    expect(there.status).toBe(401);
  });

  it.each([1, "true", {}, new Response(), undefined])("takes %s from authorize for a no", async (result) => {
    const { call } = await anApi({ authorize: async () => result as never });

    expect((await call("GET", "1/webhooks")).status).toBe(401);
  });

  it("keeps accounts apart", async () => {
    const { call } = await anApi();
    const { id } = await aWebhook(call);

    const answers = [
      await call("PATCH", `2/webhooks/${id}`, { webhook: { url: "https://evil.example.com/" } }),
      await call("PATCH", `2/webhooks/${id}`, "{"),
      await call("DELETE", `2/webhooks/${id}`),
      await call("DELETE", `01/webhooks/${id}`),
    ];

    for (const { status, json } of answers) expect([status, json]).toEqual([404, { message: "Webhook not found" }]);
    expect((await call("GET", "2/webhooks")).json.payload.webhooks).toEqual([]);
    expect((await call("GET", "1/webhooks")).json.payload.webhooks).toMatchObject([{ id, url: URL_A }]);
  });

  it.each(["0", "-1", "1.0", "1e0", "0x1", "01", "%201", "NaN", "9007199254740993", "__proto__", "1%00", "%FF", "%"])(
    'finds no webhook with the id "%s"',
    async (id) => {
      const { call } = await anApi();
      await aWebhook(call);

      expect((await call("DELETE", `1/webhooks/${id}`)).status).toBe(404);
      expect((await call("GET", "1/webhooks")).json.payload.webhooks).toHaveLength(1);
    },
  );

  it.each([
    ["1", 1],
    ["007", "007"],
    ["a%2Fb%20c", "a/b c"],
    ["9007199254740993", "9007199254740993"],
    ["__proto__", "__proto__"],
    ["%C3%A7", "ç"],
  ])("serves the account %s", async (path, accountId) => {
    const { call } = await anApi();

    const made = await call("POST", `${path}/webhooks`, { webhook: { url: URL_A } });
    const { id } = made.json.payload.webhook;
    const changed = await call("PATCH", `${path}/webhooks/${id}`, { webhook: { name: "ours" } });
    const listed = await call("GET", `${path}/webhooks`);

    expect(made.json.payload.webhook.account_id).toBe(accountId);
    expect(changed.json.payload.webhook).toMatchObject({ account_id: accountId, name: "ours" });
    expect(listed.json.payload.webhooks).toMatchObject([{ account_id: accountId }]);
  });

  it.each([
    ["GET", "1"],
    ["GET", "1/webhook"],
    ["GET", "/webhooks"],
    ["GET", "1/webhooks/1/test"],
    ["POST", "1/webhooks/1/rotate"],
    ["GET", "../users/1/webhooks"],
  ])("has nothing at %s %s", async (method, path) => {
    const { call } = await anApi({ authorize: () => expect.unreachable() });

    const answer = await call(method, path);

    expect([answer.status, answer.json]).toEqual([404, { message: "Not found" }]);
  });

  it.each([
    ["DELETE", "1/webhooks", "GET, HEAD, POST"],
    ["OPTIONS", "1/webhooks", "GET, HEAD, POST"],
    ["GET", "1/webhooks/1", "DELETE, PATCH, PUT"],
    ["POST", "1/webhooks/1", "DELETE, PATCH, PUT"],
    ["BREW", "1/webhooks/1", "DELETE, PATCH, PUT"],
  ])("answers %s %s with the methods there are", async (method, path, allow) => {
    const { call } = await anApi();

    const answer = await call(method, path);

    expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
  });

  it("takes a trailing slash and a query, and answers HEAD like GET without a body", async () => {
    const { call } = await anApi();
    await aWebhook(call);

    const listed = await call("GET", "1/webhooks/?page=1");
    const head = await call("HEAD", "1/webhooks");

    expect(listed.json.payload.webhooks).toHaveLength(1);
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it("lets no answer be stored", async () => {
    const { call } = await anApi();

    const answers = [
      await call("POST", "1/webhooks", { webhook: { url: URL_A } }),
      await call("GET", "1/webhooks"),
      await call("POST", "1/webhooks", { webhook: {} }),
      await call("GET", "1/webhooks", undefined, { authorization: "" }),
      await call("GET", "1"),
      await call("DELETE", "1/webhooks/1"),
    ];

    for (const { headers } of answers) expect(headers.get("cache-control")).toBe("no-store");
  });

  it.each([new Error("ldap: password hunter2"), "hunter2", undefined])(
    "answers 500 when authorize throws %s, and hands that to the host alone",
    async (thrown) => {
      const { call, errors } = await anApi({ authorize: () => Promise.reject(thrown) });

      const answer = await call("GET", "1/webhooks");

      expect([answer.status, answer.json]).toEqual([500, { message: "Internal error" }]);
      expect(errors).toEqual([thrown]);
    },
  );

  it("answers 500 when the webhooks cannot be read, and hands the reason to the host alone", async () => {
    const failure = new BusError("BUS_STORE_FAILED", ["get"]);
    const { webhooks } = await anApi();
    const { call, errors } = await anApi({ webhooks: { ...callsTo(webhooks), list: () => Promise.reject(failure) } });

    const answer = await call("GET", "1/webhooks");

    expect([answer.status, answer.json]).toEqual([500, { message: "Internal error" }]);
    expect(errors).toEqual([failure]);
  });

  it("answers 404 when a webhook goes while it is changed", async () => {
    const { webhooks, call: first } = await anApi();
    const { id } = await aWebhook(first);
    const { call, errors } = await anApi({
      webhooks: {
        ...callsTo(webhooks),
        get: async (one) => {
          const webhook = await webhooks.get(one);
          await webhooks.remove(one);
          return webhook;
        },
      },
    });

    const answer = await call("PATCH", `1/webhooks/${id}`, { webhook: { name: "late" } });

    expect([answer.status, answer.json, errors]).toEqual([404, { message: "Webhook not found" }, []]);
  });

  it("warns of a failure when the host takes none", async () => {
    const failure = new Error("ldap is down");
    const { call } = await anApi({ authorize: () => Promise.reject(failure), onError: undefined });
    const warned = new Promise((resolve) => process.once("warning", resolve));

    const answer = await call("GET", "1/webhooks");

    expect(answer.status).toBe(500);
    expect(await warned).toBe(failure);
  });

  it.each<[string, object]>([
    ["authorize", { authorize: undefined }],
    ["authorize", { authorize: "admin" }],
    ["webhooks", { webhooks: undefined }],
    ["path", { path: 5 }],
    ["paht", { paht: "/api" }],
  ])("is not made with a wrong %s", async (option, options) => {
    await expect(anApi(options)).rejects.toMatchObject({
      code: "BUS_OPTION_INVALID",
      message: expect.stringContaining(option),
    });
  });

  it("tells callers to come again once the bus has stopped", async () => {
    const { call, stop } = await anApi();
    await stop();

    expect(await call("GET", "1/webhooks")).toMatchObject({ status: 503 });
  });

  it.each([0, -1, Number.NaN])("has no body limit of %s", async (maxBodyBytes) => {
    await expect(anApi({ maxBodyBytes })).rejects.toMatchObject({ code: "BUS_OPTION_INVALID" });
  });
});
