import { describe, expect, it } from "vitest";
import type { KgPerson } from "../../src/events/person.ts";
import { recordedOf, recordsOf, written } from "./a-record-maker.ts";
import {
  aChannel,
  aCompany,
  aMessage,
  aUser,
  aWorkspace,
  COMPANY,
  dataOf,
  EVENT_TYPES,
  OTHER_COMPANY,
  PERSON,
} from "./graph-data.ts";

function skipped(reason: string): object {
  return { outcome: { kind: "skipped", reason } };
}

describe("by what the event says of its user", () => {
  it("sends no message of an author who shares nothing", async () => {
    const message = aMessage({ author: { ...PERSON, sharing: "nothing" } });

    expect(await recordedOf("message.created", message)).toEqual(skipped("the author shares nothing"));
  });

  it("does not send a user who shares nothing", async () => {
    expect(await recordedOf("user.updated", aUser({ sharing: "nothing" }))).toEqual(skipped("the user shares nothing"));
  });

  it.each([undefined, null, "", "metadata", "ALL", "Nothing", "everything"])(
    "sends a message without its text when the preference is %j",
    async (sharing) => {
      const [record] = await recordsOf("message.created", aMessage({ author: { ...PERSON, sharing } }));
      const [full] = await recordsOf("message.created", aMessage());

      expect(written(record)).toStrictEqual({ ...written(full), message_content: "" });
    },
  );

  it.each([undefined, null, "metadata", "ALL", "all"])("sends a user whose preference is %j whole", async (sharing) => {
    expect(await recordsOf("user.created", aUser({ sharing }))).toEqual(await recordsOf("user.created", aUser()));
  });

  it.each([undefined, null, ""])("sends a message that has the text %j with an empty one", async (content) => {
    const [record] = await recordsOf("message.created", aMessage({ content }));

    expect(written(record)["message_content"]).toBe("");
  });

  it.each([null, undefined])("sends no message whose author is %j", async (author) => {
    expect(await recordedOf("message.created", aMessage({ author }))).toEqual(skipped("the message has no author"));
  });
});

describe("by the host's own preferences", () => {
  it.each([
    ["a value", (sharing: string) => sharing],
    ["a promise", (sharing: string) => Promise.resolve(sharing)],
  ])("heeds them, and not the event, given as %s", async (_, given) => {
    const preferences = (sharing: string) => ({ sharingOf: () => given(sharing) });
    const open = aMessage({ author: { ...PERSON, sharing: "nothing" } });

    const [record] = await recordsOf("message.created", open, {}, preferences("all"));
    expect(written(record)["message_content"]).toBe("hello @john");
    const [bare] = await recordsOf("message.created", aMessage(), {}, preferences("metadata"));
    expect(written(bare)["message_content"]).toBe("");
    expect(await recordedOf("message.created", aMessage(), {}, preferences("nothing"))).toEqual(
      skipped("the author shares nothing"),
    );
    expect(await recordedOf("user.created", aUser(), {}, preferences("nothing"))).toEqual(
      skipped("the user shares nothing"),
    );
  });

  it.each([undefined, null, "some", 1, true, {}])("takes %j as metadata, at once or later", async (answer) => {
    for (const given of [answer, Promise.resolve(answer)]) {
      const [record] = await recordsOf("message.created", aMessage(), {}, { sharingOf: () => given as never });

      expect(written(record)["message_content"]).toBe("");
    }
  });

  it("asks of the user, the author and nobody else, with all that the event says of them", async () => {
    const asked: KgPerson[] = [];
    const preferences = {
      sharingOf: (person: KgPerson) => {
        asked.push(person);
        return "all";
      },
    };

    for (const type of EVENT_TYPES) await recordsOf(type, dataOf(type), {}, preferences);

    expect(asked).toEqual([aUser(), aUser(), PERSON, PERSON]);
  });

  it("asks nobody of what is not sent anyway", async () => {
    const preferences = {
      sharingOf: () => {
        throw new Error("nobody is to be asked");
      },
    };
    const options = { forwardedCompanies: ["another"], strictPrivacy: true };

    for (const type of EVENT_TYPES)
      expect(await recordedOf(type, dataOf(type), options, preferences)).toMatchObject({
        outcome: { kind: "skipped" },
      });
    expect(await recordedOf("message.created", aMessage({ author: null }), {}, preferences)).toEqual(
      skipped("the message has no author"),
    );
  });
});

describe("forwardedCompanies", () => {
  it.each(EVENT_TYPES)("lets a %s of a company pass by its id, by its console's, and by no other", async (type) => {
    for (const id of [COMPANY.id, COMPANY.consoleId])
      expect(await recordsOf(type, dataOf(type), { forwardedCompanies: ["another", id] })).toHaveLength(1);
    expect(await recordedOf(type, dataOf(type), { forwardedCompanies: ["another"] })).toEqual(
      skipped(type.startsWith("user.") ? "no company of the user is forwarded" : "the company is not forwarded"),
    );
  });

  it("leaves a user's other companies out of the records and out of their list", async () => {
    const records = await recordsOf("user.created", aUser(), { forwardedCompanies: [OTHER_COMPANY.id] });

    expect(records.map(written)).toMatchObject([
      { company_id: OTHER_COMPANY.id, _kg_company_all_id: [OTHER_COMPANY.id] },
    ]);
  });

  it("lets all pass when it is empty", async () => {
    expect(await recordsOf("user.created", aUser(), { forwardedCompanies: [] })).toHaveLength(2);
    expect(await recordsOf("company.created", aCompany(), { forwardedCompanies: [] })).toHaveLength(1);
    expect(await recordsOf("workspace.created", aWorkspace(), { forwardedCompanies: [] })).toHaveLength(1);
  });
});

describe("includePrivateChannels and includeDirectChannels", () => {
  const VISIBILITIES = ["public", "private", "direct"] as const;

  it.each([
    [{ includePrivateChannels: false }, ["private"]],
    [{ includeDirectChannels: false }, ["direct"]],
    [{ includePrivateChannels: false, includeDirectChannels: false }, ["private", "direct"]],
    [{}, []],
  ])("with %j, leave out channels and messages that are in %j", async (options, leftOut) => {
    for (const visibility of VISIBILITIES) {
      const channel = await recordedOf("channel.created", aChannel({ visibility }), options);
      const message = await recordedOf("message.created", aMessage({ channel: { id: "c", visibility } }), options);

      const isLeftOut = (leftOut as string[]).includes(visibility);
      const sent = { records: [expect.anything()] };
      const expected = isLeftOut ? skipped(`${visibility} channels are not included`) : sent;
      for (const recorded of [channel, message]) expect(recorded).toEqual(expected);
    }
  });
});

describe("a channel whose visibility is not given", () => {
  it.each([
    ["is sent where all channels are", {}, true],
    ["may be private, and is not sent where those are not", { includePrivateChannels: false }, false],
    ["may be direct, and is not sent where those are not", { includeDirectChannels: false }, false],
  ])("%s", async (_, options, isSent) => {
    const channel = await recordedOf("channel.created", aChannel({ visibility: null }), options);
    const message = await recordedOf("message.created", aMessage({ channel: { id: "c" } }), options);

    const sent = { records: [expect.anything()] };
    const left = skipped("not all channels are included, and the visibility of this one is not given");
    for (const recorded of [channel, message]) expect(recorded).toEqual(isSent ? sent : left);
  });
});

describe("a deleted message", () => {
  it("is sent without its text, whatever its author shares", async () => {
    const [record] = await recordsOf("message.updated", aMessage({ deleted: true }));

    expect(written(record)["message_content"]).toBe("");
  });
});

describe("strictPrivacy", () => {
  const quiet = aChannel({ owner: { ...PERSON, sharing: "nothing" } });
  const OWNER = ["_kg_user_id", "_kg_email_id", "channel_owner"];

  it("leaves an owner who shares nothing out of the channel, which is still sent", async () => {
    const [record] = await recordsOf("channel.created", quiet, { strictPrivacy: true });
    const [ownerless] = await recordsOf("channel.created", aChannel({ owner: undefined }));

    expect(record).toEqual(ownerless);
  });

  it.each(["all", "metadata", undefined])("keeps an owner whose preference is %j", async (sharing) => {
    const channel = aChannel({ owner: { ...PERSON, sharing } });
    const [record] = await recordsOf("channel.created", channel, { strictPrivacy: true });

    for (const key of OWNER) expect(written(record)).toHaveProperty(key);
  });

  it("asks the host's preferences, and nobody where there is no owner", async () => {
    const nothing = { sharingOf: async () => "nothing" };
    const [record] = await recordsOf("channel.created", aChannel(), { strictPrivacy: true }, nothing);
    const refusing = { sharingOf: () => Promise.reject(new Error("nobody is to be asked")) };
    const [ownerless] = await recordsOf(
      "channel.created",
      aChannel({ owner: null }),
      { strictPrivacy: true },
      refusing,
    );

    for (const key of OWNER) expect(written(record)).not.toHaveProperty(key);
    expect(written(ownerless)).toEqual(written(record));
  });

  it("is off unless it is asked for: the owner stays", async () => {
    const [record] = await recordsOf("channel.created", quiet, { strictPrivacy: false });

    for (const key of OWNER) expect(written(record)).toHaveProperty(key);
  });
});
