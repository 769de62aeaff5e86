import { describe, expect, it } from "vitest";
import { aStartedBus } from "../a-started-bus.ts";
import { aReceiver } from "../receiver.ts";

describe("a webhook", () => {
  it("may lead to what it allows itself, and others may not", async () => {
    const receiver = await aReceiver();
    const { bus, publish, until, deliveries } = await aStartedBus({ allow: [] });
    const { webhooks } = bus.sinks.hooks;
    await webhooks.create({ accountId: 1, url: `${receiver.url}/1`, allow: ["127.0.0.1"] });
    await webhooks.create({ accountId: 1, url: `${receiver.url}/2` });

    await publish();

    await until(async () => expect((await deliveries()).map(({ attempts }) => attempts)).toEqual([1, 1]));
    await until(async () => expect(await bus.deliveries.stats()).toMatchObject({ leased: 0 }));
    expect(receiver.received.map(({ path }) => path)).toEqual(["/hook/1"]);
  });

  it("may lead to what the sink allows, beside what it allows itself", async () => {
    const receiver = await aReceiver();
    const { bus, publish, ended } = await aStartedBus({ allow: ["127.0.0.1"] });
    await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url, allow: ["10.0.0.0/8"] });

    await publish();

    await ended(1, "delivered");
  });

  // The engine paces calls in real time, also where the clock is virtual.
  it("gets no more in its period than its rate", async () => {
    const receivedAt: number[] = [];
    const receiver = await aReceiver((response) => {
      receivedAt.push(performance.now());
      response.end();
    });
    const { bus, publish, ended } = await aStartedBus();
    await bus.sinks.hooks.webhooks.create({ accountId: 1, url: receiver.url, rate: { limit: 1, perMs: 300 } });

    await publish(2);
    await ended(2, "delivered");

    expect(receivedAt[1]! - receivedAt[0]!).toBeGreaterThan(200);
  });
});
