import { describe, expect, it } from "vitest";
import type { Subscription, trinoEvents, WebhookEndpoint } from "../src/index.ts";
import { aStartedBus } from "./a-started-bus.ts";
import { aConversation, aMessage } from "./fixtures.ts";

type Type = keyof typeof trinoEvents;

/** The ids of those that are owed the event. Nobody listens there. */
async function owed(
  endpoints: readonly Partial<WebhookEndpoint>[],
  event: { readonly type?: Type; readonly data?: unknown } = {},
): Promise<readonly string[]> {
  const { type = "message.created", data = aMessage() } = event;
  const started = await aStartedBus({
    validate: false,
    allow: [],
    policy: { retry: [] },
    endpoints: endpoints.map((endpoint, index) => ({
      id: `${index}-`,
      url: `http://127.0.0.1:1/${index}`,
      ...endpoint,
    })),
  });
  await started.bus.publish(type, data as never);
  return started.until(async () => {
    const { items } = await started.bus.deliveries.list();
    expect(items.filter(({ destination, state }) => destination === "*" && state !== "skipped")).toEqual([]);
    return items.flatMap(({ destination }) => (destination === "*" ? [] : [destination])).toSorted();
  });
}

describe("the webhooks of an event", () => {
  it("are those of its account, and those without one", async () => {
    const endpoints = [{ id: "a", account: 1 }, { id: "b", account: "1" }, { id: "c", account: 2 }, { id: "d" }];

    expect(await owed(endpoints)).toEqual(["a", "b", "d"]);
    expect(await owed(endpoints, { data: { ...aMessage(), account: undefined, conversation: undefined } })).toEqual([
      "d",
    ]);
  });

  it("are those registered for its account", async () => {
    const started = await aStartedBus({ allow: [], policy: { retry: [] } });
    const { webhooks } = started.bus.sinks.hooks;
    for (const accountId of [1, "1", 2])
      await webhooks.create({ accountId, url: `http://127.0.0.1:1/${typeof accountId}` });

    await started.publish();
    const deliveries = await started.ended(2, "dead");

    expect(deliveries.map(({ destination }) => destination).toSorted()).toEqual(["1", "2"]);
  });

  it("are those that subscribed to it", async () => {
    const endpoints: { id: string; subscriptions?: Subscription[] }[] = [
      { id: "a", subscriptions: ["message_created"] },
      { id: "b", subscriptions: ["conversation_created", "inbox_created"] },
      { id: "c" },
    ];

    expect(await owed(endpoints)).toEqual(["a", "c"]);
    expect(await owed(endpoints, { type: "conversation.created", data: aConversation() })).toEqual(["b", "c"]);
  });

  it("are those of its inbox, and those without one", async () => {
    const { inbox_id: inboxId } = aConversation();
    const endpoints = [
      { id: "a", inboxId },
      { id: "b", inboxId: String(inboxId) },
      { id: "c", inboxId: 999 },
      { id: "d" },
    ];

    expect(await owed(endpoints)).toEqual(["a", "b", "d"]);
    expect(await owed(endpoints, { type: "conversation.created", data: aConversation() })).toEqual(["a", "b", "d"]);
    expect(await owed(endpoints, { type: "contact.created", data: { id: 1, account: { id: 1 } } })).toEqual(["d"]);
  });

  it("are those whose filter matches the body, as it is sent", async () => {
    const endpoints = [
      { id: "a", where: { message_type: "incoming" } },
      { id: "b", where: { message_type: ["outgoing", "template"] } },
      { id: "c", where: { "conversation.status": ["open", "pending"], private: false } },
      { id: "d", where: { event: "message_created" } },
      { id: "e", where: { "conversation.meta.sender.pubsub_token": "secret" } },
    ];
    const message = aMessage({ message_type: 0, private: undefined });

    expect(await owed(endpoints, { data: message })).toEqual(["a", "c", "d"]);
  });

  it("are those with a filter too when the data does not fit, so that the log says why", async () => {
    expect(await owed([{ id: "a", where: { private: false } }], { data: { conversation: 1 } })).toEqual(["a"]);
  });

  it("are none for what is not sent at all", async () => {
    expect(await owed([{ id: "a" }], { data: aMessage({ message_type: "activity" }) })).toEqual([]);
    const update = { id: 1, account: { id: 1 }, changed_attributes: [] };
    expect(await owed([{ id: "a" }], { type: "contact.updated", data: update })).toEqual([]);
  });

  it("are the disabled ones too while what they are owed is parked, and not when it is discarded", async () => {
    const started = await aStartedBus();
    const { webhooks } = started.bus.sinks.hooks;
    const url = "http://127.0.0.1:1/";
    const parked = await webhooks.create({ accountId: 1, url });
    const discarded = await webhooks.create({ accountId: 1, url: `${url}other` });
    await webhooks.update(parked.id, { enabled: false }, { pending: "park" });
    await webhooks.update(discarded.id, { enabled: false }, { pending: "discard" });

    await started.publish();
    const deliveries = await started.ended(1, "parked");

    expect(deliveries.map(({ destination }) => destination)).toEqual([String(parked.id)]);
  });
});
