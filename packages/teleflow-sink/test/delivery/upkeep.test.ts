import { memoryStore } from "@bus/core";
import { expect, it } from "vitest";
import { aService, aStartedBus, shipped } from "../a-started-bus.ts";
import { withChange } from "../cancel/a-cancellation.ts";

const HOUR_MS = 3_600_000;

it("notes that are too old to be of use go while the bus runs, and nothing is left to do once it has stopped", async () => {
  const service = await aService();
  service.faults = { request: () => ({ kind: "status", status: 400 }) };
  const store = memoryStore();
  const { bus, clock, reach, stop } = await aStartedBus(service, { store });
  await bus.publishMany(shipped(1));
  await reach({ dead: 1 });
  const notes = () => store.state.keys("sink:notify", "unit/");

  await clock.advance(59 * 24 * HOUR_MS);
  const before = await notes();
  await clock.advance(2 * 24 * HOUR_MS);
  const after = await notes();
  await stop();

  expect(before).toHaveLength(1);
  expect(after).toEqual([]);
  expect(clock.timers).toBe(0);
});

it("a store that fails meanwhile is logged, and it goes on with the next time", async () => {
  const service = await aService();
  let isBroken = false;
  const marks: number[] = [];
  const store = withChange(memoryStore(), (changes, change) => {
    if (isBroken) return Promise.reject(new Error("disk full"));
    marks.push(...changes.flatMap(({ key, value }) => (key === "alive" ? [Number(value)] : [])));
    return change();
  });
  const { clock, logged } = await aStartedBus(service, { store });
  isBroken = true;
  await clock.advance(6 * HOUR_MS);
  const errors = logged.filter(({ level }) => level === "error");
  isBroken = false;

  await clock.advance(6 * HOUR_MS);

  expect(errors).toMatchObject([{ fields: { err: new Error("disk full") } }]);
  expect(marks).toEqual([clock.now() - 12 * HOUR_MS, clock.now()]);
});
