import { describe, expect, it } from "vitest";
import { aStartedBus, anEndpoint, NOW, type StartedBus } from "./a-started-bus.ts";
import { aReceiver, status, type Receiver } from "./receiver.ts";

const SECOND = 1000;
const HOUR = 3_600_000;

function aBus(receiver: Receiver): Promise<StartedBus> {
  return aStartedBus({ endpoints: [anEndpoint(receiver.url)], policy: { concurrency: 1, retry: [24 * HOUR] } });
}

/** Waits until the lane has sent so many requests and goes no further. */
async function requests({ until, deliveries }: StartedBus, receiver: Receiver, count: number): Promise<void> {
  await until(async () => {
    expect(receiver.received).toHaveLength(count);
    expect((await deliveries()).map(({ state }) => state)).not.toContain("leased");
  });
}

describe("the lane of a webhook", () => {
  it.each([429, 500, 503])("pauses when its deliveries are answered with %i, one after the other", async (code) => {
    const receiver = await aReceiver(status(code));
    const started = await aBus(receiver);

    await started.publish(10);
    await requests(started, receiver, 6);

    const reason = `The target answered ${code}.`;
    const until = NOW + 30 * SECOND;
    expect(started.signals).toMatchObject([{ name: "paused", sink: "hooks", destination: "crm", reason, until }]);
    const histories = (await started.deliveries()).map(({ attempts, history }) => [attempts, history.at(-1)?.outcome]);
    expect(histories.slice(4, 7)).toEqual([
      [1, "retry"],
      [1, "pause"],
      [0, undefined],
    ]);
  });

  it("pauses when nobody answers", async () => {
    const receiver = await aReceiver((response) => response.destroy());
    const started = await aBus(receiver);

    await started.publish(10);
    await requests(started, receiver, 6);

    expect(started.signals).toMatchObject([{ name: "paused" }]);
  });

  it("sends one probe at a time, after 30 s, 60 s and so on, and goes on with a success", async () => {
    const receiver = await aReceiver(status(503));
    const started = await aBus(receiver);
    await started.publish(10);
    await requests(started, receiver, 6);

    await started.clock.advance(30 * SECOND);
    await requests(started, receiver, 7);
    await started.clock.advance(60 * SECOND);
    await requests(started, receiver, 8);
    receiver.answer(status(200));
    await started.clock.advance(120 * SECOND);
    const deliveries = await started.ended(2, "delivered");

    const pauses = started.signals.flatMap(({ name, until = 0 }) =>
      name === "paused" ? [(until - NOW) / SECOND] : [],
    );
    expect(pauses).toEqual([30, 90, 210]);
    expect(started.signals.at(-1)).toMatchObject({ name: "resumed" });
    expect(deliveries.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 8 }, () => "pending"),
      ...Array.from({ length: 2 }, () => "delivered"),
    ]);
  });

  it("is not held by one delivery that the receiver always fails at", async () => {
    const receiver = await aReceiver(status(503));
    const started = await aBus(receiver);
    await started.publish(10);
    await requests(started, receiver, 6);
    const poison = receiver.received[5]?.headers["x-trino-delivery"];

    receiver.answer((response) => {
      const isPoison = receiver.received.at(-1)?.headers["x-trino-delivery"] === poison;
      response.writeHead(isPoison ? 503 : 200).end();
    });
    await started.clock.advance(30 * SECOND);

    await started.ended(4, "delivered");
  });

  it("goes on at once when the URL is mended", async () => {
    const receiver = await aReceiver(status(503));
    const mended = await aReceiver();
    const started = await aStartedBus({ policy: { concurrency: 1, retry: [24 * HOUR] } });
    const { webhooks } = started.bus.sinks.hooks;
    const { id } = await webhooks.create({ accountId: 1, url: receiver.url });
    await started.publish(10);
    await requests(started, receiver, 6);

    await webhooks.update(id, { url: mended.url });
    await started.clock.advance(SECOND);

    await started.ended(4, "delivered");
  });

  it("pauses at least as long as the receiver asks for", async () => {
    const receiver = await aReceiver(status(503, { "retry-after": "600" }));
    const started = await aBus(receiver);

    await started.publish(6);
    await requests(started, receiver, 6);

    expect(started.signals).toMatchObject([{ name: "paused", until: NOW + 600 * SECOND }]);
  });

  it("does not pause for one delivery that fails again and again", async () => {
    const receiver = await aReceiver(status(503));
    const endpoints = [anEndpoint(receiver.url)];
    const retry = Array.from({ length: 9 }, () => SECOND);
    const started = await aStartedBus({ endpoints, policy: { retry } });

    await started.publish();
    for (let count = 1; count <= 10; count += 1) {
      await requests(started, receiver, count);
      await started.clock.advance(SECOND);
    }

    expect(await started.deliveries()).toMatchObject([{ state: "dead", attempts: 10 }]);
    expect(started.signals).toEqual([]);
  });

  it.each([200, 400, 404])("does not pause when one of the row is answered with %i", async (code) => {
    const receiver = await aReceiver((response, count) => response.writeHead(count === 5 ? code : 503).end());
    const started = await aBus(receiver);

    await started.publish(10);
    await requests(started, receiver, 10);

    expect(started.signals).toEqual([]);
  });
});
