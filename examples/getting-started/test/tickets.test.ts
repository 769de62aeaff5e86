// #region imports
import { rejected, retry } from "@bus/core";
import { expect, it } from "vitest";
import { openTicket } from "../tickets.ts";
import { aStartedDesk } from "./a-started-desk.ts";

const TICKET = { id: 1, account: 7, title: "The printer smokes" };
// #endregion imports

it("opens a ticket once, however often it is asked to", async () => {
  // #region once
  const { bus, crm, deliveries } = await aStartedDesk();

  await openTicket(bus, TICKET);
  await openTicket(bus, TICKET);
  await openTicket(bus, { ...TICKET, id: 2 });
  await deliveries(2, "delivered");

  expect(crm.received.map(({ event }) => event.id)).toEqual(["ticket-1-opened", "ticket-2-opened"]);
  // #endregion once
});

it("says what became of each delivery", async () => {
  // #region deliveries
  const { bus, deliveries } = await aStartedDesk(rejected("The CRM knows no account 7."));

  await openTicket(bus, TICKET);
  const [dead] = await deliveries(1, "dead");

  expect(dead).toMatchObject({ attempts: 1, reason: "The CRM knows no account 7." });
  expect(dead?.event).toMatchObject({ id: "ticket-1-opened", key: "ticket-1", data: TICKET });
  // #endregion deliveries
});

it("tries again after 5 s, then after 5 min", async () => {
  // #region retry
  const { bus, clock, crm, until, deliveries } = await aStartedDesk(retry("503"), retry("503"));

  await openTicket(bus, TICKET);
  await until(() => expect(crm.received).toHaveLength(1));
  await clock.advance(4_999);
  expect(crm.received).toHaveLength(1);
  await clock.advance(1);
  await until(() => expect(crm.received).toHaveLength(2));
  await clock.advance(300_000);

  const [delivery] = await deliveries(1, "delivered");
  expect(delivery?.history.map(({ outcome }) => outcome)).toEqual(["retry", "retry", "delivered"]);
  // #endregion retry
});

it("sets a ticket aside that the CRM has not taken within four days, and sends it when it is replayed", async () => {
  // #region dead
  const { bus, clock, crm, until, deliveries } = await aStartedDesk(...Array.from({ length: 10 }, () => retry("503")));

  await openTicket(bus, TICKET);
  await until(() => expect(crm.received).toHaveLength(1));
  await clock.advance(4 * 24 * 3_600_000);
  await deliveries(1, "dead");
  await bus.deliveries.replay({ sink: "crm", state: "dead" });
  // What a replay or an enabled lane makes due, the bus takes up by the clock, at most 5 ms later.
  await clock.advance(5);
  await deliveries(1, "delivered");

  expect(crm.received).toHaveLength(11);
  // #endregion dead
});

it("keeps the tickets of one key in order, and lets others pass", async () => {
  // #region order
  const { bus, clock, crm, deliveries } = await aStartedDesk(retry("503"));

  await openTicket(bus, TICKET);
  await bus.publish("ticket.closed", { id: 1, account: 7, by: "Ada" }, { key: "ticket-1", id: "ticket-1-closed" });
  await openTicket(bus, { ...TICKET, id: 2 });
  await deliveries(1, "delivered");
  await clock.advance(5_000);
  await deliveries(3, "delivered");

  const ids = crm.received.map(({ event }) => event.id);
  expect(ids).toEqual(["ticket-1-opened", "ticket-2-opened", "ticket-1-opened", "ticket-1-closed"]);
  // #endregion order
});

it("records nothing of a ticket that is not valid", async () => {
  // #region refused
  const { bus } = await aStartedDesk();

  await expect(openTicket(bus, { ...TICKET, id: Number.NaN })).rejects.toMatchObject({ code: "BUS_EVENT_INVALID" });

  expect(await bus.deliveries.stats()).toMatchObject({ events: 0, pending: 0 });
  // #endregion refused
});
