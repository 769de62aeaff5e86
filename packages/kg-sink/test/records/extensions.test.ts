import { expect, it } from "vitest";
import { NO_EXTENSIONS, recordsOf, written } from "./a-record-maker.ts";
import { aMessage, aUser, dataOf, KINDS, WIRE_RECORDS } from "./graph-data.ts";

const ALL = { event_id: true, message_id: true, deleted: true };

it.each(KINDS)("adds the ids to a %s after the contract's properties, in one order", async (kind, [type]) => {
  const [record] = await recordsOf(type ?? "user.created", dataOf(type ?? "user.created"), { extensions: ALL });

  const own = { message_id: "0f9e8d7c-6b5a-4438-8271-605f4e3d2c07", deleted: false };
  const added = { event_id: "event-1", ...(kind === "Message" && own) };
  expect(JSON.stringify(record?.properties)).toBe(JSON.stringify({ ...WIRE_RECORDS[kind].value.properties, ...added }));
});

it.each([
  ["event_id", "event-1"],
  ["message_id", "0f9e8d7c-6b5a-4438-8271-605f4e3d2c07"],
  ["deleted", false],
] as const)("adds %s alone when it alone is wanted", async (name, value) => {
  const [plain] = await recordsOf("message.created", aMessage());
  const [record] = await recordsOf("message.created", aMessage(), { extensions: { ...NO_EXTENSIONS, [name]: true } });

  expect(written(record)).toStrictEqual({ ...written(plain), [name]: value });
});

it.each([
  [true, true],
  [false, false],
  [null, false],
  [undefined, false],
])("says of a message whose deleted is %j: %j", async (deleted, said) => {
  const [record] = await recordsOf("message.updated", aMessage({ deleted }), { extensions: ALL });

  expect(written(record)["deleted"]).toBe(said);
});

it("gives every record of a user the id of the event", async () => {
  const records = await recordsOf("user.created", aUser(), { extensions: ALL });

  expect(records.map((record) => written(record)["event_id"])).toEqual(["event-1", "event-1"]);
});
