import { describe, expect, expectTypeOf, it } from "vitest";
import { trinoEvents, webhookSink, type Webhooks, type WebhookView, type WebhookWithSecret } from "../src/index.ts";
import { aStartedBus, NOW } from "./a-started-bus.ts";
import { STORES } from "./registry/stores.ts";

const crm = { accountId: 1, url: "https://crm.test/hook" };

const EVERY_SETTING = {
  accountId: "acme",
  url: "https://crm.test/hook?key=1",
  name: "CRM",
  subscriptions: ["message_created", "conversation_typing_on"],
  inboxId: 7,
  where: { message_type: "incoming", "conversation.status": ["open", "pending", null] },
  headers: { "X-Tenant": "acme" },
  deadlineMs: 2_000,
  allow: ["10.0.0.0/8"],
  rate: { limit: 10, perMs: 1_000 },
  concurrency: 2,
} as const;

describe.each(STORES)("the webhooks of a bus with a %s", (_, store) => {
  async function webhooksOfABus() {
    const { bus, clock } = await aStartedBus({ store: store() });
    return { webhooks: bus.sinks.hooks.webhooks, clock };
  }

  it("are created with ids from 1, enabled, with the eight events and a secret", async () => {
    const { webhooks } = await webhooksOfABus();

    const { secret, ...first } = await webhooks.create(crm);
    const second = await webhooks.create({ ...crm, accountId: 2 });

    expect(first).toEqual({
      id: 1,
      ...crm,
      subscriptions: [
        "conversation_created",
        "conversation_updated",
        "conversation_status_changed",
        "message_created",
        "message_updated",
        "webwidget_triggered",
        "contact_created",
        "contact_updated",
      ],
      enabled: true,
      createdAt: NOW,
      updatedAt: NOW,
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(second).toMatchObject({ id: 2, accountId: 2 });
    expect(second.secret).not.toBe(secret);
  });

  it.each<[string, object | number]>([
    ["a misspelt account id", { accountID: 1 }],
    ["an account id that is undefined", { accountId: undefined }],
    ["no object", 1],
  ])("are not listed for a query of %s: it would list those of every account", async (_what, query) => {
    const { webhooks } = await webhooksOfABus();

    await expect(webhooks.list(query as object)).rejects.toMatchObject({ code: "BUS_WEBHOOK_INVALID" });
  });

  it("are one target whatever the fragment of the URL, which is never sent", async () => {
    const { webhooks } = await webhooksOfABus();
    await webhooks.create(crm);

    await expect(webhooks.create({ ...crm, url: `${crm.url}#2` })).rejects.toMatchObject({
      code: "BUS_WEBHOOK_INVALID",
    });
  });

  it.each([null, 1, { url: "nowhere", enabled: true }])("are not updated by %j", async (changes) => {
    const { webhooks } = await webhooksOfABus();
    const { id } = await webhooks.create({ ...crm, enabled: false });

    await expect(webhooks.update(id, changes as object)).rejects.toMatchObject({ code: "BUS_WEBHOOK_INVALID" });
  });

  it("may be wrapped by the host, in whole or in part", async () => {
    const { webhooks } = await webhooksOfABus();
    const { create } = webhooks;
    const wrapped = {
      ...webhooks,
      create: (webhook: Parameters<typeof create>[0]) => create({ ...webhook, name: "CRM" }),
    };

    const { id } = await wrapped.create(crm);

    expect(await wrapped.get(id)).toMatchObject({ name: "CRM" });
  });

  it("keep every setting as it was given", async () => {
    const { webhooks } = await webhooksOfABus();

    const { secret: _secret, ...created } = await webhooks.create(EVERY_SETTING);

    expect(created).toEqual({ id: 1, ...EVERY_SETTING, enabled: true, createdAt: NOW, updatedAt: NOW });
    expect(await webhooks.get(1)).toEqual(created);
  });

  it("are listed in the order of their ids, of all accounts or of one", async () => {
    const { webhooks } = await webhooksOfABus();
    for (let index = 0; index < 12; index += 1)
      await webhooks.create({ accountId: index % 2 === 0 ? 1 : "11", url: `https://crm.test/${index}` });

    const [all, ofOne, ofText, ofNone] = [
      await webhooks.list(),
      await webhooks.list({ accountId: "1" }),
      await webhooks.list({ accountId: 11 }),
      await webhooks.list({ accountId: 2 }),
    ];

    expect(all.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(ofOne.map(({ id }) => id)).toEqual([1, 3, 5, 7, 9, 11]);
    expect(ofText.map(({ id }) => id)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(ofNone).toEqual([]);
  });

  it("change in what is given, and lose a setting that is null", async () => {
    const { webhooks, clock } = await webhooksOfABus();
    await webhooks.create(EVERY_SETTING);
    await clock.advance(5_000);

    const changed = await webhooks.update(1, {
      name: "Other",
      where: null,
      rate: null,
      subscriptions: null,
      headers: undefined,
    });

    const { where: _where, rate: _rate, ...rest } = EVERY_SETTING;
    const { subscriptions, ...others } = changed;
    expect(others).toEqual({
      ...rest,
      subscriptions: undefined,
      id: 1,
      name: "Other",
      enabled: true,
      createdAt: NOW,
      updatedAt: NOW + 5_000,
    });
    expect(subscriptions).toHaveLength(8);
    expect(await webhooks.get(1)).toEqual(changed);
  });

  it("stay as they were, also in time, when a change changes nothing", async () => {
    const { webhooks, clock } = await webhooksOfABus();
    await webhooks.create(EVERY_SETTING);
    const before = await webhooks.get(1);
    await clock.advance(5_000);

    const { accountId: _accountId, ...settings } = EVERY_SETTING;
    const after = await webhooks.update(1, { ...settings, enabled: true });

    expect(after).toEqual(before);
  });

  it("take null for no claim about being enabled", async () => {
    const { webhooks } = await webhooksOfABus();
    await webhooks.create({ ...crm, enabled: null as unknown as boolean });

    const changed = await webhooks.update(1, { enabled: null as unknown as boolean });

    expect(changed).toMatchObject({ enabled: true });
  });

  it("are gone once removed, and their ids are not given again", async () => {
    const { webhooks } = await webhooksOfABus();
    await webhooks.create(crm);

    await webhooks.remove(1);

    expect(await webhooks.get(1)).toBeUndefined();
    expect(await webhooks.list()).toEqual([]);
    expect(await webhooks.create(crm)).toMatchObject({ id: 2 });
  });

  it.each<[string, (webhooks: Webhooks, id: number) => Promise<unknown>]>([
    ["update", (webhooks, id) => webhooks.update(id, { name: "x" })],
    ["remove", (webhooks, id) => webhooks.remove(id)],
    ["rotateSecret", (webhooks, id) => webhooks.rotateSecret(id)],
    ["test", (webhooks, id) => webhooks.test(id)],
  ])("are refused by %s when their id is unknown", async (_name, call) => {
    const { webhooks } = await webhooksOfABus();
    await webhooks.create(crm);
    await webhooks.create({ ...crm, accountId: 2 });
    await webhooks.remove(1);
    await webhooks.remove(2, { pending: "park" });
    await webhooks.create(crm);

    for (const id of [0, 1, 2, 4, -1, 1.5, Number.NaN, "3" as unknown as number]) {
      await expect(call(webhooks, id)).rejects.toMatchObject({ code: "BUS_WEBHOOK_UNKNOWN" });
      expect(await webhooks.get(id)).toBeUndefined();
    }
  });

  it("are given frozen, at every level", async () => {
    const { webhooks } = await webhooksOfABus();
    const created = await webhooks.create(EVERY_SETTING);
    const second = await webhooks.create(crm);

    const given = [
      created,
      second,
      await webhooks.get(1),
      await webhooks.list(),
      await webhooks.update(1, {}),
      await webhooks.rotateSecret(1),
    ];

    expect(given.flatMap(unfrozen)).toEqual([]);
  });

  it("outlive what the caller does to the objects it gave", async () => {
    const { webhooks } = await webhooksOfABus();
    const given = { ...EVERY_SETTING, headers: { "X-Tenant": "acme" }, subscriptions: ["message_created" as const] };
    await webhooks.create(given);

    given.headers["X-Tenant"] = "evil";
    given.subscriptions.pop();

    expect(await webhooks.get(1)).toMatchObject({
      headers: { "X-Tenant": "acme" },
      subscriptions: ["message_created"],
    });
  });

  it("sign a test, whether enabled or not, and tell what came of it", async () => {
    const { webhooks } = await webhooksOfABus();
    await webhooks.create({ ...crm, url: "http://127.0.0.1:1/hook", enabled: false });

    const result = await webhooks.test(1);

    expect(result).toMatchObject({ isDelivered: false });
  });
});

describe("the webhooks of a sink", () => {
  it("survive a restart", async () => {
    const [, make] = STORES[1]!;
    const store = make();
    const first = await aStartedBus({ store });
    const { secret: _, ...created } = await first.bus.sinks.hooks.webhooks.create(crm);
    await first.stop();

    const second = await aStartedBus({ store });

    expect(await second.bus.sinks.hooks.webhooks.list()).toEqual([created]);
  });

  it("are typed", () => {
    expectTypeOf<WebhookWithSecret>().toExtend<WebhookView>();
    expectTypeOf<WebhookView>().not.toHaveProperty("secret");
    expectTypeOf(webhookSink({}).accepts).toEqualTypeOf(trinoEvents);
  });
});

/** Where an object that is not frozen is found. */
function unfrozen(value: unknown, place: unknown = "it"): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return [
    ...(Object.isFrozen(value) ? [] : [place]),
    ...Object.entries(value).flatMap(([key, inner]) => unfrozen(inner, key)),
  ];
}
