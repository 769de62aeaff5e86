import { expect, it } from "vitest";
import { kgEmailId } from "../../src/records/kg-email-id.ts";

it.each([
  ["jane.doe@example.com", "0cba00ca3da1b283a57287bcceb17e35"],
  ["  Jane.Doe@Example.COM\t\n", "0cba00ca3da1b283a57287bcceb17e35"],
  ["JOSÉ@exämple.fr", "ffffdc9126d91363e428ba2a6054d20c"],
])("knows %j by the md5 of the trimmed address in lower case", (email, id) => {
  expect(kgEmailId(email)).toBe(id);
});

it.each(["", " ", "\t\n\u00a0", undefined, null])("has no id for %j", (email) => {
  expect(kgEmailId(email)).toBeUndefined();
});
