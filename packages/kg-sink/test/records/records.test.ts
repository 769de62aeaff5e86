import { describe, expect, it } from "vitest";
import { anEvent, aRecordMaker, recordedOf, recordsOf, written } from "./a-record-maker.ts";
import {
  aChannel,
  aCompany,
  aMessage,
  aUser,
  aWorkspace,
  COMPANY,
  dataOf,
  KINDS,
  OTHER_COMPANY,
  PERSON,
  WIRE_RECORDS,
} from "./graph-data.ts";

const BOTH = KINDS.flatMap(([kind, types]) => types.map((type) => [type, kind] as const));

it.each(BOTH)("writes a %s as the contract's %s, byte for byte", async (type, kind) => {
  const [record] = await recordsOf(type, dataOf(type));

  expect(JSON.stringify(record)).toBe(JSON.stringify(WIRE_RECORDS[kind].value));
});

it.each(BOTH)("writes a %s with nothing that may be missing without those keys, null or not there", async (type) => {
  const [missing, nulled] = await Promise.all(
    [undefined, null].map(async (none) => {
      const company = { id: "c1", consoleId: none };
      const author = { id: "u1", consoleId: none, email: none, sharing: none };
      const bare = {
        user: aUser({
          ...author,
          username: none,
          firstName: none,
          lastName: none,
          createdAt: none,
          lastActivityAt: none,
          companies: [company],
        }),
        channel: aChannel({ id: "x1", name: none, visibility: none, workspaceId: none, company, owner: none }),
        message: aMessage({
          content: none,
          updatedAt: none,
          type: none,
          deleted: none,
          author,
          company,
          workspaceId: none,
          channel: { id: "ch1", visibility: none },
        }),
        company: aCompany({ ...company, name: none }),
        workspace: aWorkspace({ id: "x1", name: none, company }),
      }[type.split(".")[0] ?? ""];
      return written((await recordsOf(type, bare ?? {}))[0]);
    }),
  );

  expect(missing).toStrictEqual(
    {
      user: { _kg_company_all_id: ["c1"], user_id: "u1", company_id: "c1" },
      channel: { _kg_company_id: "c1", channel_id: "x1", company_id: "c1" },
      message: {
        _kg_company_id: "c1",
        message_thread_id: "e1d2c3b4-a5f6-4789-8abc-def012345606",
        message_content: "",
        message_created_at: 1665048001000,
        type_message: "message",
        company_id: "c1",
        channel_id: "ch1",
        user_id: "u1",
      },
      company: { _kg_company_id: "c1", company_id: "c1" },
      workspace: { _kg_company_id: "c1", company_id: "c1", workspace_id: "x1" },
    }[type.split(".")[0] ?? ""],
  );
  expect(nulled).toStrictEqual(missing);
});

describe("ids of the graph", () => {
  it.each([undefined, null, ""])("leaves out the id of a user whose console id is %j", async (consoleId) => {
    const [user] = await recordsOf("user.created", aUser({ consoleId }));
    const [channel] = await recordsOf("channel.created", aChannel({ owner: { ...PERSON, consoleId } }));
    const [message] = await recordsOf("message.created", aMessage({ author: { ...PERSON, consoleId } }));

    for (const record of [user, channel, message]) expect(written(record)).not.toHaveProperty("_kg_user_id");
  });

  it.each([undefined, null, "", "  "])("leaves out the email id of a user whose email is %j", async (email) => {
    const [user] = await recordsOf("user.created", aUser({ email }));
    const [channel] = await recordsOf("channel.created", aChannel({ owner: { ...PERSON, email } }));
    const [message] = await recordsOf("message.created", aMessage({ author: { ...PERSON, email } }));

    for (const record of [user, channel, message]) expect(written(record)).not.toHaveProperty("_kg_email_id");
  });

  it("sends the email as it is, and the id of it in lower case and trimmed", async () => {
    const [record] = await recordsOf("user.created", aUser({ email: " Jane.DOE@example.com " }));

    expect(written(record)).toMatchObject({
      email: " Jane.DOE@example.com ",
      _kg_email_id: "0cba00ca3da1b283a57287bcceb17e35",
    });
  });

  it.each([undefined, null, ""])("calls a company by its own id when its console id is %j", async (consoleId) => {
    const company = { ...COMPANY, consoleId };
    const records = await Promise.all([
      recordsOf("channel.created", aChannel({ company })),
      recordsOf("message.created", aMessage({ company })),
      recordsOf("company.created", aCompany({ consoleId })),
      recordsOf("workspace.created", aWorkspace({ company })),
    ]);

    for (const [record] of records)
      expect(written(record)).toMatchObject({ _kg_company_id: COMPANY.id, company_id: COMPANY.id });
  });
});

describe("a user", () => {
  it("has one record per company, in order, that differ in nothing but the company", async () => {
    const [first, second, ...more] = await recordsOf("user.created", aUser());

    expect(written(second)).toStrictEqual({ ...written(first), company_id: OTHER_COMPANY.id });
    expect(written(first)["company_id"]).toBe(COMPANY.id);
    expect(more).toEqual([]);
  });

  it("in no company has no record", async () => {
    expect(await recordedOf("user.created", aUser({ companies: [] }))).toEqual({
      outcome: { kind: "skipped", reason: "the user is in no company" },
    });
  });
});

describe("a direct channel", () => {
  const direct = { visibility: "direct" } as const;

  it.each(["a workspace", undefined])("has no name, and the workspace `direct`, were it %j", async (workspaceId) => {
    const [record] = await recordsOf("channel.updated", aChannel({ ...direct, workspaceId }));

    expect(JSON.stringify(record?.properties)).not.toContain("channel_name");
    expect(written(record)).toMatchObject({ workspace_id: "direct" });
  });

  it("is known by its workspace too", async () => {
    const unmarked = { visibility: undefined, workspaceId: "direct" };
    const [channel] = await recordsOf("channel.updated", aChannel(unmarked));
    const closed = aRecordMaker({ includeDirectChannels: false }).maker;

    expect(written(channel)).not.toHaveProperty("channel_name");
    expect(closed.recordsOf(anEvent("channel.updated", aChannel(unmarked)))).toHaveProperty("outcome.kind", "skipped");
    expect(
      closed.recordsOf(anEvent("message.created", aMessage({ channel: { id: "d" }, workspaceId: "direct" }))),
    ).toHaveProperty("outcome.kind", "skipped");
  });

  it.each(["a workspace", undefined])("gives its messages the workspace `direct`, were it %j", async (workspaceId) => {
    const [record] = await recordsOf("message.created", aMessage({ channel: { id: "d", ...direct }, workspaceId }));

    expect(written(record)).toMatchObject({ workspace_id: "direct", channel_id: "d" });
  });
});

it.each(["public", "private"] as const)("sends the name and workspace of a %s channel", async (visibility) => {
  const [channel] = await recordsOf("channel.created", aChannel({ visibility, name: "Board", workspaceId: "w" }));
  const [message] = await recordsOf(
    "message.created",
    aMessage({ channel: { id: "c", visibility }, workspaceId: "w" }),
  );

  expect(written(channel)).toMatchObject({ channel_name: "Board", workspace_id: "w" });
  expect(written(message)).toMatchObject({ workspace_id: "w" });
});

it("leaves out an owner that a channel does not have", async () => {
  const [record] = await recordsOf("channel.created", aChannel({ owner: null }));

  expect(Object.keys(written(record))).toEqual([
    "_kg_company_id",
    "channel_id",
    "channel_name",
    "workspace_id",
    "company_id",
  ]);
});

it("sends the type of a message", async () => {
  const [record] = await recordsOf("message.created", aMessage({ type: "event" }));

  expect(written(record)).toMatchObject({ type_message: "event" });
});

it.each([
  ["a Date", new Date(1665048003004)],
  ["ISO 8601", "2022-10-06T11:20:03.004+02:00"],
  ["a number", 1665048003004],
])("writes times that were published as %s in milliseconds", async (_, at) => {
  const [user] = await recordsOf("user.created", aUser({ createdAt: at, lastActivityAt: at }));
  const [message] = await recordsOf("message.created", aMessage({ createdAt: at, updatedAt: at }));

  expect(written(user)).toMatchObject({ user_created_at: 1665048003004, user_last_activity: 1665048003004 });
  expect(written(message)).toMatchObject({ message_created_at: 1665048003004, message_updated_at: 1665048003004 });
});
