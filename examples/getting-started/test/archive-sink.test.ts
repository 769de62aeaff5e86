import { CLOCK, createBus, provide, RANDOM } from "@bus/core";
import { kafkaRestStub, virtualClock } from "@bus/testkit";
import { expect, it, onTestFinished } from "vitest";
import { archiveSink } from "../archive-sink.ts";
import { deskEvents } from "../events.ts";
import { openTicket } from "../tickets.ts";
import { eventually } from "./eventually.ts";

it("archives a ticket once the proxy and Kafka take it", async () => {
  // #region stub
  const proxy = await kafkaRestStub();
  onTestFinished(() => proxy.close());
  const clock = virtualClock();
  const sinks = { archive: archiveSink({ url: proxy.url }, { retry: [1_000, 1_000] }) };
  const provided = [provide(CLOCK, clock), provide(RANDOM, () => 0.5)];
  const bus = createBus({ name: "desk", events: deskEvents, sinks, provide: provided });
  await bus.start();
  onTestFinished(() => bus.stop());
  const reasons = async () => (await bus.deliveries.list()).items[0]?.history.map(({ reason = "" }) => reason);

  proxy.faults = { request: () => ({ kind: "status", status: 503 }) };
  await openTicket(bus, { id: 1, account: 7, title: "The printer smokes" });
  await eventually(async () => expect(await reasons()).toHaveLength(1));
  proxy.faults = { record: () => ({ error_code: 50_002, error: "not the leader" }) };
  await clock.advance(1_000);
  await eventually(async () => expect(await reasons()).toHaveLength(2));
  proxy.faults = {};
  await clock.advance(1_000);
  const expected = ["The proxy answered 503.", "Kafka answered 50002: not the leader", ""];
  await eventually(async () => expect(await reasons()).toEqual(expected));

  expect(proxy.stored.map(({ value }) => value)).toMatchObject([{ id: "ticket-1-opened", type: "ticket.opened" }]);
  // #endregion stub
});

it.each([408, 425, 429])("tries again what the proxy answers with %i", async (status) => {
  const proxy = await kafkaRestStub();
  onTestFinished(() => proxy.close());
  proxy.faults = { request: () => ({ kind: "status", status }) };
  const bus = createBus({
    name: "desk",
    events: deskEvents,
    sinks: { archive: archiveSink({ url: proxy.url }) },
    provide: [provide(CLOCK, virtualClock())],
  });
  onTestFinished(() => bus.stop());
  await bus.start();

  await openTicket(bus, { id: 1, account: 7, title: "The printer smokes" });

  const attempts = async () => (await bus.deliveries.list()).items[0]?.history.map(({ outcome }) => outcome);
  await eventually(async () => expect(await attempts()).toEqual(["retry"]));
});
