import { describe, expect, it } from "vitest";
import { InFlight } from "../../src/delivery/in-flight.ts";

describe("what is in flight", () => {
  it("is out once at a time", () => {
    const inFlight = new InFlight();

    expect(inFlight.enter("a")).toBe(true);
    expect(inFlight.enter("a")).toBe(false);
    expect(inFlight.enter("b")).toBe(true);
    inFlight.leave("a");

    expect(inFlight.has("a")).toBe(false);
    expect(inFlight.has("b")).toBe(true);
    expect(inFlight.enter("a")).toBe(true);
  });

  it("can be waited for, by several", async () => {
    const inFlight = new InFlight();
    const order: string[] = [];
    inFlight.enter("a");
    const waiting = [1, 2].map((one) => inFlight.settled("a").then(() => order.push(`settled ${one}`)));
    await Promise.resolve();

    order.push("leaves");
    inFlight.leave("a");
    await Promise.all(waiting);

    expect(order).toEqual(["leaves", "settled 1", "settled 2"]);
  });

  it("is not waited for where it is not out", async () => {
    await expect(new InFlight().settled("a")).resolves.toBeUndefined();
  });
});
