import { describe, expect, it } from "vitest";
import { trinoEvents } from "../../src/index.ts";
import { renderBody, renderPayload } from "../../src/payload/render-body.ts";
import { anEvent } from "../deliveries.ts";
import { aConversation, aMessage, anInnerMessage, dataOf, EVENTS, wireBody } from "../fixtures.ts";

const messageBody = (changes: object) => bodyOf("message.created", aMessage({ ...changes }));
const conversationBody = (changes: object) => bodyOf("conversation.created", aConversation({ ...changes }));
const innerBody = (changes: object) => conversationBody({ messages: [anInnerMessage({ ...changes })] }).messages[0];

/** For tests to change at will. */
const copyOf = (value: unknown) => JSON.parse(JSON.stringify(value));

const TIMES = /_at$|^waiting_since$|^snoozed_until$|^timestamp$/;

/** The value with a Date in place of each time, but for those that are opaque. */
function withDates(value: unknown): unknown {
  return mapTimes(value, (at) => (at === 0 ? 0 : new Date(typeof at === "number" ? at * 1000 : at)));
}

/** The value with all times to the millisecond, as a Date has them. */
function inMs(value: unknown): unknown {
  return mapTimes(value, (at) => (typeof at === "number" ? Math.floor(at * 1000) / 1000 : at));
}

function mapTimes(value: unknown, map: (at: string | number) => unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, item) => {
    const isTime = TIMES.test(key) && (typeof item === "number" || /^\d{4}-.*Z$/.test(item));
    return isTime ? map(item) : item;
  });
}

function bodyOf(type: string, data: unknown) {
  const rendering = renderBody(anEvent({ type, data }));
  if (rendering.kind !== "body") throw new Error(rendering.reason);
  return JSON.parse(new TextDecoder().decode(rendering.body));
}

describe("the body of a webhook", () => {
  it.each(EVENTS)("is the contract's for %s", (type, name) => {
    expect(bodyOf(type, dataOf(type))).toStrictEqual(wireBody(name));
  });

  it.each(EVENTS)("is the contract's for %s of which all times are Dates", (type, name) => {
    const body = wireBody(name);

    const sent = bodyOf(type, trinoEvents[type].parse(withDates(dataOf(type))));

    expect(sent).toStrictEqual(inMs(body));
  });

  it.each(EVENTS)("is the contract's for %s of what was heard of it", (type, name) => {
    expect(bodyOf(type, trinoEvents[type].parse(wireBody(name)))).toStrictEqual(wireBody(name));
  });

  it("is there as an object, too, for filters", () => {
    const rendering = renderPayload(anEvent());

    expect(rendering.kind === "payload" && JSON.parse(JSON.stringify(rendering.payload))).toStrictEqual(
      wireBody("message_created"),
    );
  });

  it.each([
    "message.created",
    "message.updated",
    "conversation.created",
    "contact.created",
    "inbox.created",
    "webwidget.triggered",
    "conversation.typing_on",
  ] as const)("of %s says nothing of changes", (type) => {
    const changed_attributes = [{ name: { previous_value: 1, current_value: 2 } }];

    expect(bodyOf(type, dataOf(type, { changed_attributes }))).not.toHaveProperty("changed_attributes");
  });

  it.each(["conversation.updated", "conversation.status_changed"] as const)(
    "of %s has a list of changes, even without one",
    (type) => {
      expect(bodyOf(type, dataOf(type, { changed_attributes: null })).changed_attributes).toEqual([]);
      expect(bodyOf(type, dataOf(type, { changed_attributes: [] })).changed_attributes).toEqual([]);
    },
  );

  it.each(["contact.updated", "inbox.updated"] as const)("is not there for %s without a change", (type) => {
    const secret = [{ pubsub_token: { previous_value: "a", current_value: "b" } }];

    for (const changed_attributes of [null, [], secret]) {
      expect(renderBody(anEvent({ type, data: dataOf(type, { changed_attributes }) }))).toEqual({
        kind: "unwanted",
        reason: "Updates without a change are not sent to webhooks.",
      });
    }
  });

  it("has both values of a change, and no change of a credential", () => {
    const changed_attributes = [
      { name: { current_value: "Jane" } },
      { access_token: { previous_value: "s3cret", current_value: "s3cret" } },
      { custom_attributes: { previous_value: { gate_password: 1 }, current_value: {} } },
    ];

    expect(bodyOf("contact.updated", dataOf("contact.updated", { changed_attributes })).changed_attributes).toEqual([
      { name: { previous_value: null, current_value: "Jane" } },
      { custom_attributes: { previous_value: { gate_password: 1 }, current_value: {} } },
    ]);
  });

  it("of typing is public unless it says so", () => {
    const body = bodyOf("conversation.typing_on", dataOf("conversation.typing_on", { is_private: undefined }));

    expect(body.is_private).toBe(false);
    expect(Object.keys(body).toSorted()).toEqual(["conversation", "event", "is_private", "user"]);
  });

  it("of the web widget may have a conversation, or null", () => {
    const { account: _, account_id: __, ...current_conversation } = dataOf("conversation.created");
    const widget = (changes: object) => bodyOf("webwidget.triggered", dataOf("webwidget.triggered", changes));

    expect(widget({ current_conversation: undefined }).current_conversation).toBeNull();
    expect(widget({ current_conversation }).current_conversation).toStrictEqual({
      ...current_conversation,
      account: { id: 1, name: "Acme Inc" },
      account_id: 1,
    });
  });

  it("has the same bytes however often it is made", () => {
    const event = anEvent();

    expect(renderBody(structuredClone(event))).toStrictEqual(renderBody(event));
  });

  it("is made of any event that its own body is", () => {
    const once = messageBody({ created_at: 1781699568.358, content: "a\\\nb\n" });

    expect(bodyOf("message.created", once)).toStrictEqual(once);
  });

  it("keeps unknown keys at every level", () => {
    const data = copyOf(aMessage({ custom: { deep: [1] } }));
    data.account.custom = 1;
    data.conversation.custom = 2;
    data.conversation.messages[0].custom = 3;
    data.conversation.messages[0].sender.custom = 4;
    data.conversation.meta.custom = 5;
    data.attachments[0].custom = 6;
    data.inbox.custom = null;

    expect(bodyOf("message.created", data)).toStrictEqual({ ...data, event: "message_created" });
  });

  it("names the event itself", () => {
    expect(messageBody({ event: "something_else" }).event).toBe("message_created");
  });

  it("refuses data that was published without a check, naming the field and not its value", () => {
    const rendering = renderBody(anEvent({ data: aMessage({ created_at: "yesterday" }) }));

    expect(rendering).toEqual({
      kind: "invalid",
      reason: expect.stringMatching(/^The data does not fit "message.created": created_at: expected a Date/),
    });
    expect(rendering).not.toEqual({ reason: expect.stringContaining("yesterday") });
  });

  it("refuses an event that has no webhook", () => {
    expect(renderBody(anEvent({ type: "ticket.created" }))).toEqual({
      kind: "invalid",
      reason: 'No webhook is defined for "ticket.created".',
    });
  });
});

describe("a message", () => {
  it.each([
    ["a\\\nb", "a\nb"],
    ["a\\\r\nb", "a\nb"],
    ["a\n\nb", "a\n\nb"],
    ["a\n\n\n", "a"],
    ["a\r\n\r\n", "a"],
    ["a\\\n", "a"],
    ["\n", ""],
    ["\\a", "\\a"],
    ["a ", "a "],
    [null, null],
    [undefined, null],
  ])("has the content %j as %j", (content, sent) => {
    expect(messageBody({ content }).content).toBe(sent);
    expect(innerBody({ content }).content).toBe(sent);
  });

  it("takes a content of nothing but line breaks in its stride", () => {
    const content = `${"\n".repeat(200_000)}.`;

    expect(messageBody({ content }).content).toBe(content);
  });

  it.each([
    ["incoming", "text", "incoming", 0],
    ["outgoing", "text", "outgoing", 1],
    ["template", "text", "template", 3],
    [0, "text", "incoming", 0],
    [1, "text", "outgoing", 1],
    [3, "text", "template", 3],
    ["outgoing", "input_select", "template", 3],
    ["outgoing", "cards", "template", 3],
    [1, "form", "template", 3],
    ["outgoing", "article", "outgoing", 1],
    ["incoming", undefined, "incoming", 0],
  ])("of type %j and content type %j is %j, and %j in a conversation", (type, contentType, name, number) => {
    const changes = { message_type: type, content_type: contentType };

    expect(messageBody(changes).message_type).toBe(name);
    expect(innerBody(changes).message_type).toBe(number);
  });

  it.each(["activity", 2])("of type %j is not sent", (type) => {
    expect(renderBody(anEvent({ data: aMessage({ message_type: type }) }))).toEqual({
      kind: "unwanted",
      reason: "Activity messages are not sent to webhooks.",
    });
  });

  it.each([undefined, null])("has the content type text for %j", (contentType) => {
    expect(messageBody({ content_type: contentType }).content_type).toBe("text");
    expect(innerBody({ content_type: contentType }).content_type).toBe("text");
  });

  it.each([[[]], [null], [undefined]])("leaves out its attachments when they are %j", (attachments) => {
    expect(messageBody({ attachments })).not.toHaveProperty("attachments");
    expect(innerBody({ attachments })).not.toHaveProperty("attachments");
  });

  it("is no private note, and from nobody, unless it says so", () => {
    expect(messageBody({ private: undefined, sender: undefined })).toMatchObject({ private: false, sender: null });
    expect(messageBody({ private: true })).toMatchObject({ private: true });
  });

  it.each([
    ["2026-06-17T12:32:48.358Z", "2026-06-17T12:32:48.358Z", 1781699568],
    ["2026-06-17T09:32:48-03:00", "2026-06-17T12:32:48.000Z", 1781699568],
    [new Date("2026-06-17T12:32:48.358Z"), "2026-06-17T12:32:48.358Z", 1781699568],
    [1781699568, "2026-06-17T12:32:48.000Z", 1781699568],
    [1781699568.358, "2026-06-17T12:32:48.358Z", 1781699568],
  ])("created at %j says %j, and %j in a conversation", (at, iso, seconds) => {
    expect(messageBody({ created_at: at }).created_at).toBe(iso);
    expect(innerBody({ created_at: at }).created_at).toBe(seconds);
  });

  it("has its last update in ISO 8601, if it has one", () => {
    expect(messageBody({ updated_at: 1781699568 }).updated_at).toBe("2026-06-17T12:32:48.000Z");
    expect(innerBody({ updated_at: 1781699568 }).updated_at).toBe("2026-06-17T12:32:48.000Z");
    expect(messageBody({ updated_at: null }).updated_at).toBeNull();
    expect(messageBody({})).not.toHaveProperty("updated_at");
  });

  it("inside a conversation has that one's last activity in Unix seconds", () => {
    const conversation = { assignee_id: 2, last_activity_at: "2026-06-17T12:32:48.358Z", custom: 1 };

    expect(innerBody({ conversation }).conversation).toEqual({ ...conversation, last_activity_at: 1781699568 });
  });

  it("gives its conversation the account it lacks", () => {
    const { account: _, account_id: __, ...conversation } = copyOf(aMessage().conversation);

    expect(messageBody({ conversation }).conversation).toMatchObject({ account_id: 1, account: { name: "Acme Inc" } });
  });
});

describe("a conversation", () => {
  it("has most of its times in whole Unix seconds, 0 for none", () => {
    const body = conversationBody({
      created_at: "2026-06-17T12:32:40.999Z",
      last_activity_at: "2026-06-17T12:32:48.358Z",
      waiting_since: null,
      agent_last_seen_at: undefined,
      contact_last_seen_at: 1781699568.9,
      timestamp: undefined,
    });

    expect(body).toMatchObject({
      created_at: 1781699560,
      last_activity_at: 1781699568,
      timestamp: 1781699568,
      waiting_since: 0,
      agent_last_seen_at: 0,
      contact_last_seen_at: 1781699568,
    });
  });

  it("has the time of its last update in fractional Unix seconds", () => {
    expect(conversationBody({ updated_at: 1781699568.947912 }).updated_at).toBe(1781699568.947912);
    expect(conversationBody({ updated_at: "2026-06-17T12:32:48.947Z" }).updated_at).toBe(1781699568.947);
  });

  it("has the times that may be missing in ISO 8601, or null", () => {
    expect(conversationBody({ snoozed_until: 1781699568, first_reply_created_at: undefined })).toMatchObject({
      snoozed_until: "2026-06-17T12:32:48.000Z",
      first_reply_created_at: null,
    });
  });

  it("has its latest message only", () => {
    const messages = [
      { id: 3, created_at: 300 },
      { id: 1, created_at: 100 },
      { id: 2, created_at: 300 },
    ];

    const body = conversationBody({ messages: messages.map(anInnerMessage) });

    expect(body.messages.map(({ id }: { id: number }) => id)).toEqual([2]);
  });

  it("has no activity message", () => {
    const messages = [anInnerMessage({ id: 1 }), anInnerMessage({ id: 2, created_at: 1781699999, message_type: 2 })];

    expect(conversationBody({ messages }).messages).toMatchObject([{ id: 1 }]);
  });

  it.each([[[]], [undefined]])("has an empty list of messages for %j", (messages) => {
    expect(conversationBody({ messages }).messages).toEqual([]);
  });

  it("passes its additional attributes on as they are", () => {
    const attributes = { initiated_at: { timestamp: "whenever" }, referer: null, x: [] };

    expect(conversationBody({ additional_attributes: attributes }).additional_attributes).toStrictEqual(attributes);
  });

  it("has the times of its contact_inbox in ISO 8601", () => {
    const contact_inbox = { ...aConversation().contact_inbox, created_at: 1781699568, updated_at: 1781699568.5 };

    expect(conversationBody({ contact_inbox }).contact_inbox).toMatchObject({
      created_at: "2026-06-17T12:32:48.000Z",
      updated_at: "2026-06-17T12:32:48.500Z",
    });
  });

  it("has no contact_inbox where the host has none", () => {
    expect(conversationBody({ contact_inbox: null }).contact_inbox).toBeNull();
    expect(conversationBody({ contact_inbox: undefined })).not.toHaveProperty("contact_inbox");
  });
});

describe("credentials", () => {
  const secrets = { pubsub_token: "s3cret", access_token: "s3cret", hmacToken: "s3cret", smtp_password: "s3cret" };

  it("never leave, wherever they are", () => {
    const data = copyOf(aMessage(secrets));
    const holders = [
      data.account,
      data.sender,
      data.conversation,
      data.conversation.contact_inbox,
      data.conversation.meta,
    ];
    for (const holder of [...holders, data.conversation.messages[0].sender, data.attachments[0]])
      Object.assign(holder, secrets);
    data.inbox.channel = { ...secrets, provider_config: { phone: "s3cret" }, page_id: 7 };
    data.sender.custom_attributes.pubsub_token = "s3cret";

    const body = bodyOf("message.created", data);

    expect(JSON.stringify(body)).not.toContain("s3cret");
    expect(body.inbox.channel).toEqual({ page_id: 7 });
  });

  it.each([
    "Access-Token",
    "PUBSUB_TOKEN",
    "apiKey",
    "api-key",
    "Private Key",
    "clientSecret",
    "PassWord",
    "providerConfig",
  ])("never leave under the name %s", (name) => {
    expect(messageBody({ inbox: { id: 5, channel: { [name]: "s3cret" } } }).inbox).toEqual({ id: 5, channel: {} });
  });

  it("are not copied out of what the host keeps", () => {
    const data = copyOf(aMessage(secrets));
    const before = copyOf(data);

    bodyOf("message.created", data);

    expect(data).toStrictEqual(before);
  });

  it("are taken out of lists, too", () => {
    const contact_inbox = [{ source_id: "a", pubsub_token: "s3cret", other: 1 }];

    expect(messageBody({ teams: [1, [{ id: 1, access_token: "s3cret" }]], contact_inbox })).toMatchObject({
      teams: [1, [{ id: 1 }]],
      contact_inbox: [{ source_id: "a" }],
    });
  });

  it("leave the names that a customer gave alone", () => {
    const attributes = { gate_password: "open sesame" };

    expect(messageBody({ content_attributes: attributes }).content_attributes).toEqual(attributes);
  });

  it("are not among the keys of a contact_inbox that leave", () => {
    const contact_inbox = { ...aConversation().contact_inbox, custom: 1, channel: {} };

    expect(conversationBody({ contact_inbox }).contact_inbox).toStrictEqual(aConversation().contact_inbox);
    expect(innerBody({ conversation: { contact_inbox } }).conversation.contact_inbox).toStrictEqual(
      aConversation().contact_inbox,
    );
  });
});
