import { describe, expect, it } from "vitest";
import { kgEmailId } from "../src/index.ts";

describe("kgEmailId", () => {
  it.each([
    ["jane.doe@example.com", "0cba00ca3da1b283a57287bcceb17e35"],
    ["  Jane.Doe@Example.COM\n", "0cba00ca3da1b283a57287bcceb17e35"],
    ["JOSÉ@exämple.fr", "ffffdc9126d91363e428ba2a6054d20c"],
    ["", undefined],
    [" \t", undefined],
  ])("of %j is %s", (email, id) => {
    expect(kgEmailId(email)).toBe(id);
  });
});
