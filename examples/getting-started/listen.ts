// #region listen
import { createBus } from "@bus/core";
import { deskEvents } from "./events.ts";

const bus = createBus({ name: "desk", events: deskEvents });
bus.events.on("error", (error) => console.error(error.message, error.cause));
bus.on("ticket.*", ({ type, data }) => console.log(`${type}: number ${data.id}`));
bus.on("ticket.closed", ({ data }) => console.log(`Thank you, ${data.by}.`));

await bus.start();
await bus.publish("ticket.opened", { id: 1, account: 7, title: "The printer smokes" });
await bus.publish("ticket.closed", { id: 1, account: 7, by: "Ada" });
await bus.stop();
// #endregion listen
