import { describe, expect, it } from "vitest";
import { virtualClock } from "../../src/index.ts";
import { until, whileMoving } from "../../src/suite/until.ts";

describe("a wait of a suite", () => {
  it("moves the time on until the condition holds, and no further", async () => {
    const clock = virtualClock({ startAt: 0 });
    let isDue = false;
    clock.schedule(() => (isDue = true), 3);

    await until(clock, "the timer fired", () => isDue);

    expect(clock.now()).toBe(3);
  });

  it("is given up with the name of what did not come", async () => {
    const waiting = until(virtualClock(), "pigs fly", () => false);

    await expect(waiting).rejects.toThrow("It did not come to be that pigs fly.");
  });

  it("gives what the work gives, or fails as it does", async () => {
    const clock = virtualClock();
    const inAMoment = <T>(value: T): Promise<T> => new Promise((resolve) => clock.schedule(() => resolve(value), 2));

    await expect(whileMoving(clock, "it is done", inAMoment(7))).resolves.toBe(7);
    await expect(whileMoving(clock, "it is done", Promise.reject(new Error("wrong")))).rejects.toThrow("wrong");
  });
});
