import { sqliteStore } from "@bus/sqlite-store";
import { virtualClock } from "@bus/testkit";
import { describe, expect, it } from "vitest";
import { aFile } from "./a-file.ts";
import { aStartedBus, anEndpoint, NOW, type StartedBus } from "./a-started-bus.ts";
import { aReceiver, status, type Receiver } from "./receiver.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GONE = "The receiver answered 410: it is gone.";

const everyHour = { retry: Array.from({ length: 20 }, () => HOUR) };

/** Registers a webhook of the account that the messages are of. */
async function aWebhook({ bus }: StartedBus, receiver: Receiver): Promise<number> {
  return (await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url })).id;
}

function eventIds(receiver: Receiver): readonly unknown[] {
  return receiver.received.map(({ headers }) => headers["webhook-id"]);
}

/** Publishes a message that fails, and waits until it has. */
async function failing(started: StartedBus, receiver: Receiver): Promise<void> {
  const count = receiver.received.length;
  await started.publish();
  await started.until(async () => {
    expect(receiver.received).toHaveLength(count + 1);
    const states = (await started.deliveries()).map(({ state }) => state);
    expect(states).not.toContain("leased");
  });
}

describe("a webhook that answers 410", () => {
  it("is disabled with what it is owed, which goes out in order once it is enabled", async () => {
    const receiver = await aReceiver(status(410));
    const started = await aStartedBus();
    const id = await aWebhook(started, receiver);
    const { webhooks } = started.bus.sinks.hooks;

    await started.publish(3, {}, "conversation-10");
    const parked = await started.ended(3, "parked");
    const disabled = await webhooks.get(id);
    await started.publish(2, {}, "conversation-10");
    await started.ended(5, "parked");
    receiver.answer(status(200));
    await webhooks.update(id, { enabled: true });
    await started.clock.advance(SECOND);
    const sent = await started.ended(5, "delivered");

    expect(disabled).toMatchObject({ enabled: false, disabledReason: GONE });
    expect(started.signals.filter(({ name }) => name === "disabled")).toMatchObject([
      { name: "disabled", sink: "hooks", destination: String(id), reason: GONE },
    ]);
    expect(parked[0]!.history).toMatchObject([{ outcome: "disable", reason: GONE, info: { status: 410 } }]);
    expect(eventIds(receiver)).toEqual([sent[0]!.event.id, ...sent.map(({ event }) => event.id)]);
  });

  it("has what it is owed dropped when the host wants that", async () => {
    const receiver = await aReceiver(status(410));
    const started = await aStartedBus({ whenDisabled: "discard", policy: { concurrency: 1 } });
    const id = await aWebhook(started, receiver);

    await started.publish(3, {}, "conversation-10");
    await started.ended(1, "skipped");
    receiver.answer(status(200));
    await started.bus.sinks.hooks.webhooks.update(id, { enabled: true });
    await started.publish();
    await started.ended(1, "delivered");

    expect(receiver.received).toHaveLength(2);
  });

  it("is enabled through its lane when it is an endpoint of the options", async () => {
    const receiver = await aReceiver((response, count) => response.writeHead(count === 1 ? 410 : 200).end());
    const { bus, clock, publish, ended, signals } = await aStartedBus({ endpoints: [anEndpoint(receiver.url)] });

    await publish(2, {}, "conversation-10");
    await ended(2, "parked");
    await bus.lanes.enable({ sink: "hooks", destination: "crm" });
    await clock.advance(SECOND);
    const sent = await ended(2, "delivered");

    expect(signals[0]).toMatchObject({ name: "disabled", sink: "hooks", destination: "crm", reason: GONE });
    expect(eventIds(receiver).slice(1)).toEqual(sent.map(({ event }) => event.id));
  });
});

describe("what is owed to a webhook", () => {
  it("that was removed meanwhile is skipped", async () => {
    const answers: (() => void)[] = [];
    const receiver = await aReceiver((response) => void answers.push(() => response.writeHead(500).end()));
    const started = await aStartedBus({ policy: { retry: [MINUTE] } });
    const id = await aWebhook(started, receiver);
    await started.publish();
    await started.until(() => expect(answers).toHaveLength(1));

    await started.bus.sinks.hooks.webhooks.remove(id);
    answers[0]!();
    await started.until(async () => expect(await started.deliveries()).toMatchObject([{ state: "pending" }]));
    await started.clock.advance(2 * MINUTE);
    const [delivery] = await started.ended(1, "skipped");

    expect(delivery!.reason).toBe("The webhook was removed.");
    expect(receiver.received).toHaveLength(1);
  });

  it("that was removed while it answered 410 is skipped too", async () => {
    const answers: (() => void)[] = [];
    const receiver = await aReceiver((response) => void answers.push(() => response.writeHead(410).end()));
    const started = await aStartedBus();
    const id = await aWebhook(started, receiver);
    await started.publish();
    await started.until(() => expect(answers).toHaveLength(1));

    await started.bus.sinks.hooks.webhooks.remove(id);
    answers[0]!();
    const [delivery] = await started.ended(1, "skipped");

    expect(delivery!.reason).toBe("The webhook was removed.");
    expect((await started.bus.lanes.list()).filter(({ status: { state } }) => state === "disabled")).toEqual([]);
  });

  it("that was disabled meanwhile is parked, with the reason", async () => {
    const answers: (() => void)[] = [];
    const receiver = await aReceiver((response) => void answers.push(() => response.writeHead(500).end()));
    const started = await aStartedBus({ policy: { retry: [MINUTE] } });
    const id = await aWebhook(started, receiver);
    await started.publish();
    await started.until(() => expect(answers).toHaveLength(1));

    await started.bus.sinks.hooks.webhooks.update(id, { enabled: false });
    // As if the process had died before the lane was disabled.
    await started.bus.lanes.enable({ sink: "hooks", destination: String(id) });
    answers[0]!();
    await started.until(async () => expect(await started.deliveries()).toMatchObject([{ state: "pending" }]));
    await started.clock.advance(2 * MINUTE);
    const [delivery] = await started.ended(1, "parked");

    expect(delivery!.reason).toBe("The webhook was disabled.");
    expect(receiver.received).toHaveLength(1);
  });

  it("that the options no longer have is kept, and tried again once they have it", async () => {
    const path = aFile();
    const receiver = await aReceiver(status(500));
    const before = await aStartedBus({ endpoints: [anEndpoint(receiver.url)], store: sqliteStore({ path }) });
    await failing(before, receiver);
    await before.stop();

    const without = await aStartedBus({ store: sqliteStore({ path }), clock: virtualClock({ startAt: NOW + DAY }) });
    await without.until(() => expect(without.signals).toMatchObject([{ name: "paused", destination: "crm" }]));
    const [delivery] = await without.deliveries();
    await without.stop();
    receiver.answer(status(200));
    await aStartedBus({
      endpoints: [anEndpoint(receiver.url)],
      store: sqliteStore({ path }),
      clock: virtualClock({ startAt: NOW + DAY + 2 * MINUTE }),
    }).then((again) => again.ended(1, "delivered"));

    expect(delivery).toMatchObject({ state: "pending", reason: 'The sink has no webhook "crm".' });
    expect(receiver.received).toHaveLength(2);
  });
});

describe("a webhook whose URL was changed while the old one was asked", () => {
  it("is not disabled by the 410 of the old one", async () => {
    const held = Promise.withResolvers<void>();
    const old = await aReceiver((response) => void held.promise.then(() => response.writeHead(410).end()));
    const mended = await aReceiver();
    const started = await aStartedBus();
    const id = await aWebhook(started, old);
    const { webhooks } = started.bus.sinks.hooks;
    await started.publish();
    await started.until(() => expect(old.received).toHaveLength(1));

    await webhooks.update(id, { url: mended.url });
    held.resolve();
    await started.until(async () => expect((await started.deliveries())[0]?.history).toHaveLength(1));
    await started.clock.advance(MINUTE);
    await started.ended(1, "delivered");

    expect(await webhooks.get(id)).toMatchObject({ enabled: true });
    expect(mended.received).toHaveLength(1);
  });
});

describe("a webhook whose pending deliveries are discarded when it is disabled", () => {
  it("keeps none of them, that which was answered 410 included", async () => {
    const receiver = await aReceiver(status(410));
    const started = await aStartedBus({ whenDisabled: "discard", policy: { concurrency: 1 } });
    const id = await aWebhook(started, receiver);

    await started.publish(4);
    await started.until(async () =>
      expect(await started.bus.deliveries.stats()).toMatchObject({ pending: 0, leased: 0 }),
    );

    expect(await started.bus.sinks.hooks.webhooks.get(id)).toMatchObject({ enabled: false });
    expect(started.signals).toMatchObject([{ name: "disabled", destination: String(id) }]);
  });
});

describe("an endpoint whose id reads as a number", () => {
  it("disables no registered webhook", async () => {
    const gone = await aReceiver(status(410));
    const well = await aReceiver();
    const started = await aStartedBus({ endpoints: [anEndpoint(gone.url, { id: "0x1" })] });
    const id = await aWebhook(started, well);

    await started.publish();
    await started.ended(1, "parked");

    expect(await started.bus.sinks.hooks.webhooks.get(id)).toMatchObject({ id: 1, enabled: true });
  });
});

describe("a webhook with nothing but failures", () => {
  it("is disabled after disableAfterMs, with what it is owed, and begins anew once it is enabled", async () => {
    const receiver = await aReceiver(status(500));
    const started = await aStartedBus({ disableAfterMs: 3 * HOUR, policy: everyHour });
    const id = await aWebhook(started, receiver);
    const { webhooks } = started.bus.sinks.hooks;

    await failing(started, receiver);
    for (const count of [2, 3, 4]) {
      await started.clock.advance(HOUR);
      await started.until(() => expect(receiver.received).toHaveLength(count));
    }
    await started.ended(1, "parked");

    const reason = `Every attempt has failed since ${new Date(NOW).toISOString()}. The last: The target answered 500.`;
    expect(await webhooks.get(id)).toMatchObject({ enabled: false, disabledReason: reason });
    expect(started.signals).toMatchObject([{ name: "disabled", sink: "hooks", destination: String(id), reason }]);

    await webhooks.update(id, { enabled: true });
    await started.clock.advance(SECOND);
    await started.until(() => expect(receiver.received).toHaveLength(5));
    await started.until(async () => expect(await started.deliveries()).toMatchObject([{ state: "pending" }]));
    expect(await webhooks.get(id)).toMatchObject({ enabled: true });
  });

  it.each<[string, () => Promise<Receiver>]>([
    ["4xx", () => aReceiver(status(404))],
    ["redirects", () => aReceiver(status(302, { location: "/login" }))],
    ["no answers", () => aReceiver((response) => response.destroy())],
  ])("is disabled for %s too", async (_, aFailingReceiver) => {
    const receiver = await aFailingReceiver();
    const started = await aStartedBus({ disableAfterMs: HOUR, endpoints: [anEndpoint(receiver.url)] });
    await failing(started, receiver);

    await started.clock.advance(HOUR);
    await started.publish();

    await started.until(() => expect(started.signals).toMatchObject([{ name: "disabled", destination: "crm" }]));
  });

  it("begins anew when the host has disabled and enabled it in between", async () => {
    const receiver = await aReceiver(status(404));
    const started = await aStartedBus({ disableAfterMs: HOUR });
    const id = await aWebhook(started, receiver);
    const { webhooks } = started.bus.sinks.hooks;
    await failing(started, receiver);

    await webhooks.update(id, { enabled: false });
    await webhooks.update(id, { enabled: true });
    await started.clock.advance(HOUR);
    await failing(started, receiver);

    expect(await webhooks.get(id)).toMatchObject({ enabled: true });
  });

  it("is not disabled when one of them was none", async () => {
    const receiver = await aReceiver(status(404));
    const started = await aStartedBus({ disableAfterMs: HOUR, endpoints: [anEndpoint(receiver.url)] });
    await failing(started, receiver);

    receiver.answer(status(200));
    await started.publish();
    await started.ended(1, "delivered");
    receiver.answer(status(404));
    await started.clock.advance(HOUR);
    await failing(started, receiver);

    expect(started.signals).toEqual([]);
  });

  it("is never disabled when the host does not want that", async () => {
    const receiver = await aReceiver(status(404));
    const started = await aStartedBus({ disableAfterMs: Infinity, endpoints: [anEndpoint(receiver.url)] });
    await failing(started, receiver);

    started.clock.step(20 * DAY);
    await failing(started, receiver);

    expect(started.signals).toEqual([]);
  });

  it("is not disabled for a failure after 5 days, by default, in which nothing was sent", async () => {
    const receiver = await aReceiver(status(404));
    const started = await aStartedBus({ endpoints: [anEndpoint(receiver.url)] });
    await failing(started, receiver);

    started.clock.step(30 * DAY);
    await failing(started, receiver);

    expect(started.signals).toEqual([]);
  });

  it("is disabled by default after 5 days, over restarts", async () => {
    const path = aFile();
    const receiver = await aReceiver(status(404));
    const endpoints = [anEndpoint(receiver.url)];
    for (let day = 0; day < 5; day += 1) {
      const clock = virtualClock({ startAt: NOW + day * DAY });
      const started = await aStartedBus({ endpoints, store: sqliteStore({ path }), clock });
      await failing(started, receiver);
      expect(started.signals).toEqual([]);
      await started.stop();
    }

    const clock = virtualClock({ startAt: NOW + 5 * DAY });
    const last = await aStartedBus({ endpoints, store: sqliteStore({ path }), clock });
    await last.publish();

    await last.until(() =>
      expect(last.signals).toMatchObject([
        { name: "disabled", reason: expect.stringContaining(new Date(NOW).toISOString()) },
      ]),
    );
  });

  it("is not blamed for what the bus cut short", async () => {
    const path = aFile();
    const receiver = await aReceiver(() => {});
    const script = { endpoints: [anEndpoint(receiver.url)], disableAfterMs: HOUR, stopTimeoutMs: 100 };
    const first = await aStartedBus({ ...script, store: sqliteStore({ path }) });
    await first.publish();
    await first.until(() => expect(receiver.received).toHaveLength(1));
    await first.stop();

    receiver.answer(status(500));
    const clock = virtualClock({ startAt: NOW + 2 * HOUR });
    const second = await aStartedBus({ ...script, store: sqliteStore({ path }), clock });
    await second.until(async () =>
      expect(await second.deliveries()).toMatchObject([{ state: "pending", attempts: 1 }]),
    );

    expect(receiver.received).toHaveLength(2);
    expect(second.signals).toEqual([]);
  });
});
