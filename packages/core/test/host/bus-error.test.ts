import { BusError } from "@bus/core";
import { describe, expect, it } from "vitest";

/** Another copy of the module, as a second installation of the package would load it. */
async function anotherCopy(): Promise<typeof BusError> {
  const copy: string = "../../src/errors.ts?copy";
  return ((await import(copy)) as { BusError: typeof BusError }).BusError;
}

describe("BusError.is", () => {
  it("knows its own errors, and their codes", () => {
    const error = new BusError("BUS_SINK_FAILED", ["crm"]);

    expect(BusError.is(error)).toBe(true);
    expect(BusError.is(error, "BUS_SINK_FAILED")).toBe(true);
    expect(BusError.is(error, "BUS_SINK_UNKNOWN")).toBe(false);
  });

  it("knows those of another copy of the package", async () => {
    const Other = await anotherCopy();
    const error = new Other("BUS_SINK_FAILED", ["crm"]);

    expect(error).not.toBeInstanceOf(BusError);
    expect(BusError.is(error, "BUS_SINK_FAILED")).toBe(true);
    expect(Other.is(new BusError("BUS_SINK_FAILED", ["crm"]), "BUS_SINK_FAILED")).toBe(true);
  });

  it.each([
    ["an Error with a code", Object.assign(new Error("x"), { code: "BUS_SINK_FAILED", name: "BusError" })],
    ["null", null],
    ["undefined", undefined],
    ["a string", "BUS_SINK_FAILED"],
    ["a function", () => undefined],
  ])("takes %s for none", (_, value) => {
    expect(BusError.is(value)).toBe(false);
  });
});

describe("a BusError", () => {
  it("is an Error with a name, a code, a message and its cause", () => {
    const cause = new Error("socket hang up");
    const error = new BusError("BUS_STORE_FAILED", ["append"], { cause });

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "BusError", code: "BUS_STORE_FAILED" });
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe("BusError: The store failed at append: see the cause.");
  });
});
