// #region webhook
import { memoryStore } from "@bus/core";
import { makeBus } from "./bus.ts";
import { startReceiver } from "./receiver.ts";

const port = Number(process.env.PORT ?? 4000);
const bus = makeBus(memoryStore());
const delivered = new Promise<void>((resolve) => {
  bus.events.once("delivered", ({ eventId, attempt, info }) => {
    console.log(`${eventId} is delivered: attempt ${attempt}, answer ${info?.status}.`);
    resolve();
  });
});
await bus.start();

const { secret } = await bus.sinks.hooks.webhooks.create({ accountId: 7, url: `http://127.0.0.1:${port}/hooks` });
const receiver = startReceiver(port, secret);

const ticket = { id: 1, account: 7, title: "The printer smokes" };
await bus.publish("ticket.opened", ticket, { id: "ticket-1-opened", key: "ticket-1" });
await delivered;
await bus.stop();
receiver.close();
// #endregion webhook
