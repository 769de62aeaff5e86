import { describe, expect, it } from "vitest";
import { kgPushSource, type KgPushSourceOptions } from "../src/index.ts";
import { aPushSource, PATH } from "./a-push-source.ts";

describe("kgPushSource", () => {
  it.each([
    ["no tokens", []],
    ["an empty token", ""],
    ["an empty token among others", ["good", ""]],
    ["a token with a blank", ["s3cret x"]],
    ["a token with a line break", "s3cret\n"],
    ["a token that is no ASCII", "s3crét"],
    ["nothing", undefined],
    ["a number", 123],
  ])("refuses %s as tokens, and shows none", (_case, tokens) => {
    const make = () => kgPushSource({ tokens } as KgPushSourceOptions);

    expect(make).toThrow(
      expect.objectContaining({
        code: "BUS_OPTION_INVALID",
        message:
          'The options of source "kg-push": tokens: expected a token or a list of them, each of visible ASCII characters without blanks; the word Token is no part of it.',
      }),
    );
  });

  it.each([
    [{ path: "push" }, "path: expected a path that begins with a slash"],
    [{ path: "/push?a" }, "path: expected a path that begins with a slash"],
    [{ listen: { port: 65_536 } }, "listen.port"],
    [{ listen: { port: 1, hots: "::" } }, "hots"],
    [{ maxBodyBytes: 0 }, "maxBodyBytes"],
    [{ idempotencyWindowMs: 0.5 }, "idempotencyWindowMs"],
    [{ token: "typo" }, "token"],
  ])("refuses %j", (options, words) => {
    expect(() => kgPushSource({ tokens: "a", ...options })).toThrow(
      expect.objectContaining({ code: "BUS_OPTION_INVALID", message: expect.stringContaining(words) }),
    );
  });

  it("keeps no token where it can be printed", () => {
    const plugin = kgPushSource({ tokens: ["s3cret"] });

    expect(JSON.stringify([plugin, plugin.options])).not.toContain("s3cret");
  });

  it.each(["/", "/desk/push"])("takes pushes at the path %s", async (path) => {
    const { push } = await aPushSource({ path });

    expect((await push({ path })).status).toBe(200);
    expect((await push({ path: PATH })).status).toBe(404);
  });
});
