// #region publish
import { createBus } from "@bus/core";
import { deskEvents } from "./events.ts";

const bus = createBus({ name: "desk", events: deskEvents });
await bus.start();
const event = await bus.publish("ticket.opened", { id: 1, account: 7, title: "The printer smokes" });
console.log(event);
await bus.stop();
// #endregion publish
