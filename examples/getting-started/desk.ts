// #region desk
import { sqliteStore } from "@bus/sqlite-store";
import { makeBus } from "./bus.ts";

const port = Number(process.env.PORT ?? 4000);
const bus = makeBus(sqliteStore({ path: "desk.db" }));
bus.events.on("error", (error) => console.error(error));
bus.events.on("delivered", ({ eventId, attempt }) => console.log(`${eventId} is delivered, by attempt ${attempt}.`));
bus.events.on("retrying", ({ eventId, reason }) => console.log(`${eventId} is tried again: ${reason}`));

await bus.start();
const { webhooks } = bus.sinks.hooks;
if ((await webhooks.list()).length === 0) {
  const { secret } = await webhooks.create({ accountId: 7, url: `http://127.0.0.1:${port}/hooks` });
  console.log(`The webhook is registered. Its secret: ${secret}`);
}

for (const id of [1, 2, 3]) {
  const ticket = { id, account: 7, title: "The printer smokes" };
  // What the store knows by its id is not published again.
  await bus.publish("ticket.opened", ticket, { id: `ticket-${id}-opened`, key: `ticket-${id}` });
}
const { pending, leased, delivered } = await bus.deliveries.stats();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void bus.stop());
console.log(`On the disk: ${pending + leased} owed, ${delivered} delivered. Kill it: kill -9 ${process.pid}`);
// #endregion desk
