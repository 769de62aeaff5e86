import { CLOCK, memoryStore, provide, RANDOM } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it, onTestFinished } from "vitest";
import { makeBus } from "../bus.ts";
import { openTicket } from "../tickets.ts";
import { aReceiver } from "./a-receiver.ts";
import { eventually } from "./eventually.ts";

it("sends the ticket to the webhook of its account, and again until it is taken", async () => {
  // #region webhook
  const clock = virtualClock();
  const bus = makeBus(memoryStore(), [provide(CLOCK, clock), provide(RANDOM, () => 0.5)]);
  const receiver = await aReceiver(() => clock.now(), 503);
  await bus.start();
  onTestFinished(() => bus.stop());
  const webhook = await bus.sinks.hooks.webhooks.create({ accountId: 7, url: receiver.url });
  receiver.secret = webhook.secret;

  await openTicket(bus, { id: 1, account: 7, title: "The printer smokes" });
  // The request goes over a socket, in real time: wait for what it leads to, then move the clock.
  const states = async () => (await bus.deliveries.list()).items.map(({ state, attempts }) => `${state}, ${attempts}`);
  await eventually(async () => expect(await states()).toContain("pending, 1"));
  await clock.advance(1_000);
  await eventually(async () => expect(await states()).toContain("delivered, 2"));

  expect(receiver.received.map(({ eventId }) => eventId)).toEqual(["ticket-1-opened", "ticket-1-opened"]);
  expect(receiver.received[1]?.payload).toMatchObject({ event: "conversation_created", status: "open" });
  // #endregion webhook
});
