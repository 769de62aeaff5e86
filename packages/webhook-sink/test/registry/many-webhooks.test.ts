import { setImmediate as nextTurn } from "node:timers/promises";
import { memoryStore } from "@bus/core";
import { describe, expect, it } from "vitest";
import { aStartedBus } from "../a-started-bus.ts";

/** How many turns of the event loop others get while something lasts. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  const progress = { turns: 0, isDone: false };
  const counting = (async () => {
    for (; !progress.isDone; progress.turns += 1) await nextTurn();
  })();
  await work();
  progress.isDone = true;
  await counting;
  return progress.turns;
}

describe("two thousand webhooks", () => {
  it("leave the event loop to others while they are read", async () => {
    const store = memoryStore();
    const first = await aStartedBus({ store });
    const { webhooks } = first.bus.sinks.hooks;
    for (let index = 0; index < 2_000; index += 1)
      await webhooks.create({ accountId: index, url: "https://crm.test/" });

    const turnsOfList = await turnsDuring(() => webhooks.list());
    await first.stop();
    const turnsOfStart = await turnsDuring(() => aStartedBus({ store }));

    expect(turnsOfList).toBeGreaterThanOrEqual(39);
    expect(turnsOfStart).toBeGreaterThanOrEqual(39);
  });
});
