import { expect, it } from "vitest";
import { accountIdOf } from "../../src/events/account.ts";
import { inboxIdOf } from "../../src/events/inbox.ts";
import { dataOf, EVENTS } from "../fixtures.ts";

it.each(EVENTS)("finds the account of a %s", (type) => {
  expect(accountIdOf(dataOf(type))).toBe("1");
});

it.each(EVENTS)("finds the inbox of a %s, if it happens in one", (type) => {
  expect(inboxIdOf(type, dataOf(type))).toBe(type.startsWith("contact.") ? undefined : "5");
});

it("takes ids that are text", () => {
  expect(accountIdOf({ account: { id: "acme" } })).toBe("acme");
  expect(inboxIdOf("inbox.created", { id: "support" })).toBe("support");
});

it.each([
  undefined,
  null,
  1,
  "text",
  [],
  {},
  { account: null },
  { account: 1 },
  { account: { id: {} } },
  { conversation: 1 },
])("finds nothing in %j", (data) => {
  expect(accountIdOf(data)).toBeUndefined();
  for (const [type] of EVENTS) expect(inboxIdOf(type, data)).toBeUndefined();
  expect(inboxIdOf("ticket.created", data)).toBeUndefined();
});

it("does not look into prototypes", () => {
  const data: unknown = Object.create({ account: { id: 1 }, id: 5, inbox_id: 5 });

  expect(accountIdOf(data)).toBeUndefined();
  expect(inboxIdOf("inbox.created", data)).toBeUndefined();
});
