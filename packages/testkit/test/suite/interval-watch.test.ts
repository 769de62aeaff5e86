import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { IntervalWatch } from "../../src/suite/interval-watch.ts";

it("tells of the intervals that were set since, until they are cleared", async () => {
  const watch = new IntervalWatch();

  const intervals = [setInterval(() => undefined, 60_000), setInterval(() => undefined, 60_000).unref()];
  const timeout = setTimeout(() => undefined, 60_000);

  expect(watch.running).toHaveLength(2);
  for (const interval of intervals) clearInterval(interval);
  await turn();
  expect(watch.running).toEqual([]);
  clearTimeout(timeout);
  watch.end();
});

it("tells of none that is set after its end", () => {
  const watch = new IntervalWatch();
  watch.end();

  const interval = setInterval(() => undefined, 60_000);

  expect(watch.running).toEqual([]);
  clearInterval(interval);
});
