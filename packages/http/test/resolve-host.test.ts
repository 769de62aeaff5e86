import { describe, expect, it } from "vitest";
import { resolveHost } from "../src/index.ts";

describe("resolveHost", () => {
  it.each(["localhost", "LOCALHOST", "localhost."])("knows %s without asking DNS", async (hostname) => {
    const found = await resolveHost(hostname, new AbortController().signal);

    expect(found.map(({ address }) => address)).toContainEqual(expect.stringMatching(/^(127\.0\.0\.1|::1)$/));
  });

  it("answers many who ask for one name at once", async () => {
    const { signal } = new AbortController();

    const all = await Promise.all(Array.from({ length: 20 }, () => resolveHost("localhost", signal)));

    expect(new Set(all.map((found) => JSON.stringify(found))).size).toBe(1);
  });

  it("gives up when its signal has aborted", async () => {
    const reason = new Error("no longer wanted");

    await expect(resolveHost("localhost", AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(resolveHost("hooks.invalid", AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
