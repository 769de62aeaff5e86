// #region file
import { CLOCK, createBus, provide, RANDOM, type DeliveryState, type Outcome } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, onTestFinished } from "vitest";
import { deskEvents } from "../events.ts";
import { eventually } from "./eventually.ts";
import { recorder } from "./recorder.ts";

/** A desk in memory whose CRM answers as given, on a clock that stands still until the test moves it. */
export async function aStartedDesk(...answers: Outcome[]) {
  const clock = virtualClock();
  const crm = recorder(...answers);
  const bus = createBus({
    name: "desk",
    events: deskEvents,
    sinks: { crm: crm.sink },
    // Without chance a retry that is due after 5 s is due after 5 s, not after 4 to 6.
    provide: [provide(CLOCK, clock), provide(RANDOM, () => 0.5)],
  });
  await bus.start();
  onTestFinished(async () => {
    await bus.stop();
    expect(clock.timers).toBe(0);
  });

  /** Lets what is due run, and looks again, until this holds. */
  const until = (assertion: () => Promise<void> | void): Promise<void> =>
    eventually(async () => {
      await clock.settled();
      await assertion();
    });
  /** The deliveries in this state, once there are so many. */
  const deliveries = async (count: number, state: DeliveryState) => {
    const list = () => bus.deliveries.list({ sink: "crm", state });
    await until(async () => expect((await list()).items).toHaveLength(count));
    return (await list()).items;
  };
  return { bus, clock, crm, until, deliveries };
}
// #endregion file
