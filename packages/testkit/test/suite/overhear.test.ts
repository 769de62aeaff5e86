import { describe, expect, it } from "vitest";
import { overhear } from "../../src/suite/overhear.ts";

describe("overhearing", () => {
  it.each([
    ["console.debug", () => console.debug("%o", { key: "canary" })],
    ["console.error", () => console.error(new Error("canary"))],
    ["process.stdout", () => process.stdout.write("canary\n")],
    ["process.stderr", () => process.stderr.write(Buffer.from("canary\n"))],
  ])("hears what is written to %s", async (_, write) => {
    const heard = await overhear(async () => {
      write();
    });

    expect(heard.map((each) => (typeof each === "string" ? each : JSON.stringify(each, errorsToo))).join("")).toContain(
      "canary",
    );
  });

  it("lets all be as it was, also when the work fails", async () => {
    const { log } = console;
    const { write } = process.stdout;

    await expect(overhear(() => Promise.reject(new Error("It failed.")))).rejects.toThrow("It failed.");

    expect([console.log, process.stdout.write]).toEqual([log, write]);
  });
});

function errorsToo(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
