import { describe, expect, it } from "vitest";
import { anEvent, anyEvent, aRecordMaker, written } from "./a-record-maker.ts";
import { aChannel, aMessage, aUser, dataOf, EVENT_TYPES, PERSON } from "./graph-data.ts";

const RETRY = { outcome: { kind: "retry", reason: "the look-up of the sharing preference failed", isFree: false } };

describe("preferences that fail", () => {
  const error = new Error("the directory is down");

  it.each([
    [
      "throw",
      () => {
        throw error;
      },
    ],
    ["reject", () => Promise.reject(error)],
  ])("and %s have the event wait, and say why in the log", async (_, sharingOf) => {
    const { maker, logged } = aRecordMaker({ strictPrivacy: true }, { sharingOf });

    expect(await maker.recordsOf(anEvent("message.created", aMessage()))).toEqual(RETRY);
    expect(await maker.recordsOf(anEvent("user.created", aUser()))).toEqual(RETRY);
    expect(await maker.recordsOf(anEvent("channel.created", aChannel()))).toEqual(RETRY);
    expect(logged).toHaveLength(3);
    expect(logged[0]).toEqual({
      level: "warn",
      fields: { err: error, event: "event-1" },
      message: "The look-up of a sharing preference failed: the event waits.",
    });
  });

  it("harm nobody who is not asked for", async () => {
    const { maker } = aRecordMaker({}, { sharingOf: () => Promise.reject(error) });

    for (const type of EVENT_TYPES.filter((name) => !/^(user|message)/.test(name)))
      expect(maker.recordsOf(anEvent(type, dataOf(type)))).toHaveProperty("records");
  });
});

it("waits for nobody where the preferences are known at once", () => {
  const { maker } = aRecordMaker({ strictPrivacy: true });

  for (const type of EVENT_TYPES) expect(maker.recordsOf(anEvent(type, dataOf(type)))).toHaveProperty("records");
});

it.each(["message.deleted", "user", "User.created", "conversation.created", "", "constructor", "__proto__.created"])(
  "rejects an event of the type %j",
  (type) => {
    const { maker } = aRecordMaker();

    expect(maker.recordsOf(anyEvent(type, aMessage()))).toEqual({
      outcome: { kind: "rejected", reason: `"${type}" is no event of the knowledge graph` },
    });
  },
);

describe("data that nobody checked", () => {
  it("has times as JSON has Dates", async () => {
    const at = new Date(1665048003004);
    const { maker } = aRecordMaker();

    const recorded = await Promise.all([
      maker.recordsOf(anyEvent("message.created", aMessage({ createdAt: at, updatedAt: at }))),
      maker.recordsOf(anyEvent("user.created", aUser({ createdAt: at, lastActivityAt: at }))),
    ]);

    const [message, user] = recorded.flatMap((made) => ("records" in made ? made.records : []));
    expect(written(message)).toMatchObject({ message_created_at: 1665048003004, message_updated_at: 1665048003004 });
    expect(written(user)).toMatchObject({ user_created_at: 1665048003004, user_last_activity: 1665048003004 });
  });

  it.each([
    ["message.created", null, "TypeError"],
    ["user.created", "text", "TypeError"],
    ["user.created", { id: "u" }, "TypeError"],
    ["user.created", { ...aUser(), email: 7 }, "TypeError"],
    ["user.created", { ...aUser(), createdAt: "yesterday" }, "RangeError"],
    ["channel.created", { id: "c" }, "TypeError"],
    ["message.created", { ...aMessage(), author: { ...PERSON, email: {} } }, "TypeError"],
    ["message.created", { ...aMessage(), channel: null }, "TypeError"],
    ["message.created", { ...aMessage(), createdAt: null }, "RangeError"],
    ["message.created", { ...aMessage(), createdAt: undefined }, "RangeError"],
    ["workspace.created", { id: "w" }, "TypeError"],
    ["company.created", null, "TypeError"],
  ])(
    "and fits no record, such as a %s that is %j, is rejected, with the error in the log",
    async (type, data, name) => {
      const promised = { sharingOf: () => Promise.resolve("all") };
      for (const { maker, logged } of [aRecordMaker(), aRecordMaker({}, promised)]) {
        expect(await maker.recordsOf(anyEvent(type, data))).toEqual({
          outcome: { kind: "rejected", reason: `the data fits no record (${name})` },
        });
        expect(logged).toEqual([
          {
            level: "error",
            fields: { err: expect.objectContaining({ name }), event: "event-1" },
            message: "No record can be made of the data: the event is not sent.",
          },
        ]);
      }
    },
  );
});
