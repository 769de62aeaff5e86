import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { virtualClock } from "../src/index.ts";

describe("virtualClock", () => {
  it("stands still until it is moved", async () => {
    const clock = virtualClock({ startAt: 1000 });
    const fired: string[] = [];
    clock.schedule(() => fired.push("late"), 1);

    await clock.settled();

    expect(fired).toEqual([]);
    expect([clock.now(), clock.steady()]).toEqual([1000, 1000]);
  });

  it("starts at the same time in every test unless told otherwise", () => {
    const clock = virtualClock();

    expect(new Date(clock.now()).toISOString()).toBe("2026-01-01T00:00:00.000Z");
    expect(clock.steady()).toBe(clock.now());
  });

  it("fires timers in order of due time, then of scheduling, each at its own time", async () => {
    const clock = virtualClock({ startAt: 0 });
    const fired: [string, number][] = [];
    for (const [name, delayMs] of [
      ["c", 20],
      ["a", 10],
      ["d", 20],
      ["b", 10.5],
      ["e", 31],
    ] as const) {
      clock.schedule(() => fired.push([name, clock.steady()]), delayMs);
    }

    await clock.advance(30);

    expect(fired).toEqual([
      ["a", 10],
      ["b", 10.5],
      ["c", 20],
      ["d", 20],
    ]);
    expect(clock.steady()).toBe(30);
    expect(clock.timers).toBe(1);
  });

  it("fires what timers set on the way, if it is due by the end", async () => {
    const clock = virtualClock({ startAt: 0 });
    const firedAt: number[] = [];
    const tick = (): void => {
      firedAt.push(clock.steady());
      clock.schedule(tick, 10);
    };
    clock.schedule(tick, 10);

    await clock.advance(35);

    expect(firedAt).toEqual([10, 20, 30]);
  });

  it("lets what a timer started go on before the next one fires", async () => {
    const clock = virtualClock();
    const log: string[] = [];
    clock.schedule(() => {
      void readFile(import.meta.filename).then(() => log.push("read"));
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => log.push("promised"));
    }, 10);
    clock.schedule(() => log.push("next"), 10);

    await clock.advance(10);

    expect(log.indexOf("promised")).toBeLessThan(log.indexOf("next"));
  });

  it("settles what is due now, and what that sets for now, without moving", async () => {
    const clock = virtualClock({ startAt: 5 });
    const fired: string[] = [];
    clock.schedule(() => {
      fired.push("first");
      void Promise.resolve().then(() => clock.schedule(() => fired.push("second"), -1));
    }, 0);

    await clock.settled();

    expect(fired).toEqual(["first", "second"]);
    expect(clock.steady()).toBe(5);
  });

  it("does not fire a cancelled timer, nor one twice", async () => {
    const clock = virtualClock();
    const fired: string[] = [];
    const cancel = clock.schedule(() => fired.push("cancelled"), 10);
    clock.schedule(() => {
      cancel();
      fired.push("kept");
    }, 5);

    await clock.advance(20);
    await clock.advance(20);

    expect(fired).toEqual(["kept"]);
    expect(clock.timers).toBe(0);
  });

  it("steps the wall clock alone", async () => {
    const clock = virtualClock({ startAt: 10_000 });
    const fired: string[] = [];
    clock.schedule(() => fired.push("timer"), 100);

    clock.step(3_600_000);
    clock.step(-1000);
    await clock.settled();

    expect(clock.now()).toBe(10_000 + 3_599_000);
    expect(clock.steady()).toBe(10_000);
    expect(fired).toEqual([]);
  });

  it("rejects with what a callback throws", async () => {
    const clock = virtualClock();
    clock.schedule(() => {
      throw new Error("broken");
    }, 5);

    await expect(clock.advance(5)).rejects.toThrow("broken");
  });
});
