import { memoryStore } from "@bus/core";
import { describe, expect, it, test, vi } from "vitest";
import { timedStore } from "../timed-store.ts";
// #region suite
import { storeSuite } from "@bus/testkit";

storeSuite({ test, create: () => timedStore(memoryStore(), () => {}) });
// #endregion suite

vi.setConfig({ testTimeout: 30_000 });

describe("timedStore", () => {
  it("tells of each call, of the state too", async () => {
    const calls: string[] = [];
    const store = timedStore(memoryStore(), (method) => calls.push(method));

    await store.open();
    await store.state.keys("scope", "");
    await store.close();

    expect(calls).toEqual(["open", "state.keys", "close"]);
  });

  it("tells of a call that failed", async () => {
    const calls: string[] = [];
    const store = timedStore(memoryStore(), (method) => calls.push(method));

    await expect(store.stats()).rejects.toThrow("not open");

    expect(calls).toEqual(["stats"]);
  });
});
