import { memoryStore, type Store } from "@bus/core";
import { describe, expect, it } from "vitest";
import type { PendingOptions } from "../../src/index.ts";
import { aStartedBus, type BusScript } from "../a-started-bus.ts";
import { aReceiver } from "../receiver.ts";
import { STORES } from "./stores.ts";

const PARK: PendingOptions = { pending: "park" };
const DISCARD: PendingOptions = { pending: "discard" };

/** A bus with one webhook whose receiver answers `status`, and then what it is told. */
async function aWebhook(script: BusScript = {}, status = 200) {
  const answers = { status };
  const receiver = await aReceiver((response) => response.writeHead(answers.status).end());
  const started = await aStartedBus({ policy: { retry: [60_000], concurrency: 1 }, ...script });
  const { webhooks } = started.bus.sinks.hooks;
  await webhooks.create({ accountId: 1, url: receiver.url });
  const idsSent = () => receiver.received.map(({ body }) => JSON.parse(body.toString()).id);
  return {
    ...started,
    webhooks,
    receiver,
    idsSent,
    answerWith: (next: number) => (answers.status = next),
    publishMessages: async (...ids: readonly number[]) => {
      for (const id of ids) await started.publish(1, { id }, "10");
    },
    states: async () => (await started.deliveries()).map(({ state }) => state),
    lanes: async () => (await started.bus.lanes.list()).filter(({ destination }) => destination !== "*"),
  };
}

/** Makes every change of a lane fail, as if the process had died before it; returns how to mend that. */
function breakLanes(store: Store): () => void {
  const setLane = store.setLane.bind(store);
  Object.assign(store, { setLane: () => Promise.reject(new Error("the disk is gone")) });
  return () => void Object.assign(store, { setLane });
}

describe.each(STORES)("a webhook of a bus with a %s", (_, store) => {
  it("parks what is owed to it while it is disabled, and sends it in order once it is enabled", async () => {
    const { webhooks, publishMessages, idsSent, until, states, clock } = await aWebhook({ store: store() });

    const disabled = await webhooks.update(1, { enabled: false });
    await publishMessages(1, 2, 3);
    await until(async () => expect(await states()).toEqual(["parked", "parked", "parked"]));
    const enabled = await webhooks.update(1, { enabled: true });
    await clock.advance(1_000);
    await until(async () => expect(await states()).toEqual(["delivered", "delivered", "delivered"]));

    expect(disabled).toMatchObject({ enabled: false, disabledReason: "The webhook was disabled." });
    expect(enabled).toMatchObject({ enabled: true });
    expect(enabled).not.toHaveProperty("disabledReason");
    expect(idsSent()).toEqual([1, 2, 3]);
  });

  it("drops what is pending and is owed nothing more, where it is disabled so", async () => {
    const { webhooks, publishMessages, answerWith, until, states, receiver, ended } = await aWebhook(
      { store: store() },
      500,
    );
    await publishMessages(1, 2);
    await until(() => expect(receiver.received).toHaveLength(1));
    await ended(2, "pending");

    await webhooks.update(1, { enabled: false }, DISCARD);
    await publishMessages(3);
    await until(async () => expect(await states()).toEqual(["discarded", "discarded"]));
    answerWith(200);
    await webhooks.update(1, { enabled: true });
    await publishMessages(4);
    await until(async () => expect(await states()).toEqual(["discarded", "discarded", "delivered"]));

    expect(receiver.received).toHaveLength(2);
  });

  it("leaves its deliveries parked when it is removed so", async () => {
    const { webhooks, publishMessages, until, lanes, receiver, ended, states } = await aWebhook(
      { store: store() },
      500,
    );
    await publishMessages(1, 2);
    await until(() => expect(receiver.received).toHaveLength(1));
    await ended(2, "pending");

    await webhooks.remove(1, PARK);
    await publishMessages(3);

    await until(async () => expect(await states()).toEqual(["parked", "parked"]));
    expect(await lanes()).toMatchObject([
      { destination: "1", status: { state: "disabled", reason: "The webhook was removed." }, unfinished: 2 },
    ]);
  });

  it("leaves no lane when it is removed", async () => {
    const { webhooks, publishMessages, until, lanes, receiver, ended, states } = await aWebhook(
      { store: store() },
      500,
    );
    await publishMessages(1, 2);
    await until(() => expect(receiver.received).toHaveLength(1));
    await ended(2, "pending");

    await webhooks.remove(1);
    await publishMessages(3);

    await until(async () => expect(await states()).toEqual(["discarded", "discarded"]));
    expect(await lanes()).toEqual([]);
  });

  it("leaves no lane when it is removed while it is disabled", async () => {
    const { webhooks, publishMessages, until, lanes, states } = await aWebhook({ store: store() });
    await webhooks.update(1, { enabled: false });
    await publishMessages(1);
    await until(async () => expect(await states()).toEqual(["parked"]));

    await webhooks.remove(1);

    expect(await states()).toEqual(["discarded"]);
    expect(await lanes()).toEqual([]);
  });
});

describe("a webhook", () => {
  it("that is created disabled is owed what is parked", async () => {
    const { webhooks, publishMessages, until, states } = await aWebhook();
    await webhooks.remove(1);
    await webhooks.create({ accountId: 1, url: "https://crm.test/", enabled: false });

    await publishMessages(1);

    await until(async () => expect(await states()).toEqual(["parked"]));
  });

  it("that answers 410 is disabled, and its deliveries are parked", async () => {
    const { webhooks, publishMessages, until, states } = await aWebhook({}, 410);

    await publishMessages(1, 2);
    await until(async () => expect(await states()).toEqual(["parked", "parked"]));

    expect(await webhooks.get(1)).toMatchObject({ enabled: false, disabledReason: expect.stringContaining("410") });
  });

  it("that answers 410 loses its deliveries where the sink says so, and never gets those of the time until it is enabled", async () => {
    const { webhooks, publishMessages, until, states, idsSent, answerWith, deliveries } = await aWebhook(
      { whenDisabled: "discard" },
      410,
    );
    await publishMessages(1);
    await until(async () => expect(await webhooks.get(1)).toMatchObject({ enabled: false }));
    await publishMessages(2);
    await until(async () => expect(await states()).toEqual(["skipped"]));

    answerWith(200);
    await webhooks.update(1, { enabled: true });
    await publishMessages(3);
    await until(async () => expect(await states()).toEqual(["skipped", "delivered"]));

    expect(idsSent()).toEqual([1, 3]);
    expect(await deliveries()).toHaveLength(2);
  });

  it("that was disabled keeps its reason when it is disabled again, with another fate for what is owed", async () => {
    const { webhooks, publishMessages, until, states } = await aWebhook({}, 410);
    await publishMessages(1, 2);
    await until(async () => expect(await states()).toEqual(["parked", "parked"]));

    const disabled = await webhooks.update(1, { enabled: false }, DISCARD);

    expect(disabled.disabledReason).toContain("410");
    expect(await states()).toEqual(["discarded", "discarded"]);
  });

  it("that was enabled by a process which died before it enabled the lane has it enabled at the next start", async () => {
    const store = memoryStore();
    const { webhooks, publishMessages, until, states, stop, clock } = await aWebhook({ store });
    await webhooks.update(1, { enabled: false });
    await publishMessages(1);
    await until(async () => expect(await states()).toEqual(["parked"]));
    const mend = breakLanes(store);
    await expect(webhooks.update(1, { enabled: true })).rejects.toThrow("the disk is gone");
    await stop();
    mend();

    const next = await aStartedBus({ store, clock });
    await clock.advance(1_000);

    await next.ended(1, "delivered");
    expect(await store.state.keys("sink:hooks", "lane:")).toEqual([]);
  });

  it("that was removed by a process which died before it discarded the deliveries has them discarded at the next start", async () => {
    const store = memoryStore();
    const { webhooks, publishMessages, until, states, stop, clock } = await aWebhook({ store });
    await webhooks.update(1, { enabled: false });
    await publishMessages(1);
    await until(async () => expect(await states()).toEqual(["parked"]));
    const mend = breakLanes(store);
    await expect(webhooks.remove(1)).rejects.toThrow("the disk is gone");
    await stop();
    mend();

    const { deliveries, bus } = await aStartedBus({ store, clock });

    expect(await deliveries()).toMatchObject([{ state: "discarded" }]);
    expect(await bus.lanes.list()).toEqual([]);
    expect(await store.state.keys("sink:hooks", "lane:")).toEqual([]);
  });

  it("that was disabled by a process which died before it disabled the lane disables it with its next delivery", async () => {
    const { webhooks, publishMessages, until, states, bus, idsSent } = await aWebhook();
    await webhooks.update(1, { enabled: false });
    await bus.lanes.enable({ sink: "hooks", destination: "1" });

    await publishMessages(1);
    await until(async () => expect(await states()).toEqual(["parked"]));

    expect(idsSent()).toEqual([]);
  });
});

describe("a delivery", () => {
  it("that is under way when its webhook is removed is not tried again", async () => {
    const hanging = await aReceiver(() => {});
    const { webhooks, publishMessages, until, states, lanes, clock } = await aWebhook({ deadlineMs: 300 });
    await webhooks.update(1, { url: hanging.url });
    await publishMessages(1);
    await until(() => expect(hanging.received).toHaveLength(1));

    await webhooks.remove(1);
    await until(async () => expect(await states()).toEqual(["pending"]));
    await clock.advance(600_000);

    await until(async () => expect(await states()).toEqual(["skipped"]));
    expect(await lanes()).toEqual([]);
  });

  it("of a webhook that was removed with its deliveries parked is held, also when the host enables the lane", async () => {
    const { webhooks, publishMessages, until, states, bus, receiver, ended, clock } = await aWebhook({}, 500);
    await publishMessages(1);
    await until(() => expect(receiver.received).toHaveLength(1));
    await ended(1, "pending");
    await webhooks.remove(1, PARK);
    await until(async () => expect(await states()).toEqual(["parked"]));

    await bus.lanes.enable({ sink: "hooks", destination: "1" });
    await clock.advance(120_000);

    await until(async () => expect(await states()).toEqual(["parked"]));
    expect(receiver.received).toHaveLength(1);
  });
});
