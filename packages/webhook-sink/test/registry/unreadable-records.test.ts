import { createBus, LOGGER, memoryStore, provide, type Logger, type Store } from "@bus/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { trinoEvents, webhookSink } from "../../src/index.ts";
import { aMessage } from "../fixtures.ts";
import { aReceiver } from "../receiver.ts";

const SCOPE = "sink:hooks";
const RECORD = "webhook:0:1";

async function aLoggedBus(store: Store) {
  const errors: { fields: object; message: string }[] = [];
  const nothing = () => {};
  const error: Logger["error"] = (fields, message) => void errors.push({ fields, message });
  const bus = createBus({
    name: "helpdesk",
    events: trinoEvents,
    store,
    sinks: { hooks: webhookSink({ allow: ["127.0.0.1"] }) },
    provide: [provide(LOGGER, { debug: nothing, info: nothing, warn: nothing, error })],
  });
  await bus.start();
  onTestFinished(() => bus.stop());
  return { bus, errors, webhooks: bus.sinks.hooks.webhooks };
}

/** A bus with two webhooks, stopped, and its store. */
async function twoWebhooks() {
  const store = memoryStore();
  const receiver = await aReceiver();
  const { webhooks, bus } = await aLoggedBus(store);
  await webhooks.create({ accountId: 1, url: `${receiver.url}/1`, headers: { "X-Key": "s3cret" } });
  await webhooks.create({ accountId: 1, url: `${receiver.url}/2` });
  return { store, receiver, webhooks, bus };
}

/** Writes another text in the place of the first webhook's record. */
async function damage(store: Store, edit: (record: string) => string): Promise<void> {
  const [record] = await store.state.get(SCOPE, [RECORD]);
  await store.state.change(SCOPE, [{ key: RECORD, value: edit(record!) }]);
}

const DAMAGE: readonly (readonly [string, (record: string) => string])[] = [
  ["is no JSON", (record) => record.slice(0, -1)],
  ["is no record", () => "null"],
  ["has a field of a newer version", (record) => record.replace('"id"', '"colour":"s3cret","id"')],
  ["has an event of a newer version", (record) => record.replace('"message_created"', '"team_created"')],
  ["has no secret", (record) => record.replace(/"secrets":\[.*?\]/, '"secrets":[]')],
];

describe("a record that cannot be read", () => {
  it.each(DAMAGE)("because it %s stops no other webhook, and is reported by its key alone", async (_, edit) => {
    const { store, receiver, bus } = await twoWebhooks();
    await bus.stop();
    await store.open();
    await damage(store, edit);

    const next = await aLoggedBus(store);
    await next.bus.publish("message.created", aMessage());
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1));

    expect(receiver.received[0]?.path).toBe("/hook/2");
    expect(await next.webhooks.list()).toMatchObject([{ id: 2 }]);
    expect(await next.webhooks.get(1)).toBeUndefined();
    expect(next.errors).toMatchObject([{ fields: { key: RECORD } }]);
    expect(JSON.stringify(next.errors)).not.toMatch(/s3cret|whsec_|http/);
  });

  it("has what is owed to it held, until it can be read", async () => {
    const { store, receiver, webhooks, bus } = await twoWebhooks();
    await webhooks.remove(2);
    await bus.lanes.pause({ sink: "hooks", destination: "1" });
    await bus.publish("message.created", aMessage());
    await vi.waitFor(async () => expect((await bus.deliveries.list({ destination: "1" })).items).toHaveLength(1));
    await bus.stop();
    await store.open();
    const [record] = await store.state.get(SCOPE, [RECORD]);
    await damage(store, () => "{}");

    const next = await aLoggedBus(store);
    await next.bus.lanes.resume({ sink: "hooks", destination: "1" });
    const paused = { destination: "1", status: { state: "paused" }, unfinished: 1 };
    await vi.waitFor(async () => expect(await next.bus.lanes.list()).toMatchObject([paused]));
    await next.bus.stop();
    await store.open();
    await damage(store, () => record!);
    const last = await aLoggedBus(store);
    await last.webhooks.update(1, { enabled: true });

    await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
    expect(next.errors).toMatchObject([{ fields: { key: RECORD } }]);
    expect(last.errors).toEqual([]);
  });

  it("keeps its URL", async () => {
    const { store, receiver, bus } = await twoWebhooks();
    await bus.stop();
    await store.open();
    await damage(store, () => "{}");

    const { webhooks } = await aLoggedBus(store);

    await expect(webhooks.create({ accountId: 1, url: `${receiver.url}/1` })).rejects.toMatchObject({
      code: "BUS_WEBHOOK_INVALID",
    });
  });
});
