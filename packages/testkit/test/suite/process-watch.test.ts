import { describe, expect, it } from "vitest";
import { ProcessWatch, unhandledDuring } from "../../src/suite/process-watch.ts";

describe("what is watched of the process", () => {
  it("is what is new, each as often as it is there", () => {
    const noListener = (): undefined => undefined;
    process.on("beforeExit", noListener);
    const watch = new ProcessWatch();
    expect([watch.newResources, watch.newListeners]).toEqual([[], []]);

    const timers = [setTimeout(() => undefined, 60_000), setTimeout(() => undefined, 60_000)];
    process.on("beforeExit", noListener);

    expect([watch.newResources, watch.newListeners]).toEqual([["Timeout", "Timeout"], ["beforeExit"]]);
    for (const timer of timers) clearTimeout(timer);
    process.off("beforeExit", noListener);
    expect([watch.newResources, watch.newListeners]).toEqual([[], []]);
    process.off("beforeExit", noListener);
  });

  it("are the rejections that nobody handles, which nobody else hears of meanwhile", async () => {
    const heard: unknown[] = [];
    const listener = (reason: unknown): void => void heard.push(reason);
    process.on("unhandledRejection", listener);
    const listeners = process.rawListeners("unhandledRejection");

    const reasons = await unhandledDuring(async () => {
      void Promise.reject(new Error("left alone"));
      Promise.reject(new Error("handled")).catch(() => undefined);
      await new Promise(setImmediate);
    });

    expect(reasons).toEqual([new Error("left alone")]);
    expect(heard).toEqual([]);
    expect(process.rawListeners("unhandledRejection")).toEqual(listeners);
    process.off("unhandledRejection", listener);
  });

  it("goes back to those who listened when the work fails", async () => {
    const listeners = process.rawListeners("unhandledRejection");

    await expect(unhandledDuring(() => Promise.reject(new Error("no")))).rejects.toThrow("no");

    expect(process.rawListeners("unhandledRejection")).toEqual(listeners);
  });
});
