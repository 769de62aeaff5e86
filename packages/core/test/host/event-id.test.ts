import { CLOCK, createBus, provide, RANDOM } from "@bus/core";
import { virtualClock } from "@bus/testkit";
import { expect, it } from "vitest";
import { z } from "zod";
import { started } from "./builders.ts";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it.each([
  ["zero", 0, () => 0.5],
  ["before the epoch", -1, () => 0],
  ["between two milliseconds", 1_700_000_000_000.5, () => 1 - 2 ** -53],
])("gives each event a UUID of version 7, in order, on a clock that stands at %s", async (_, startAt, random) => {
  const clock = virtualClock({ startAt });
  const bus = await started(
    createBus({
      name: "shop",
      events: { "order.placed": z.number() },
      provide: [provide(CLOCK, clock), provide(RANDOM, random)],
    }),
  );
  const ids: string[] = [];

  for (let number = 0; number < 10_000; number += 1) {
    if (number % 3_000 === 0) await clock.advance(0.3);
    if (number === 5_000) clock.step(-3_600_000);
    ids.push((await bus.publish("order.placed", number)).id);
  }

  expect(ids.every((id) => UUID_7.test(id))).toBe(true);
  expect(ids).toEqual([...new Set(ids)].toSorted());
});
