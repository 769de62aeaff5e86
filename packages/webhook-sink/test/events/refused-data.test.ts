import { BusError, createBus, memoryStore } from "@bus/core";
import { expect, it, onTestFinished } from "vitest";
import { trinoEvents } from "../../src/index.ts";
import { dataOf, EVENTS, type TrinoEventType } from "../fixtures.ts";

const TIME = "expected a Date, an ISO 8601 string with a time zone, or Unix seconds";
const ID = "expected an id: a whole number, or a text that is not empty";
const CHANGE = "expected one attribute with its previous_value and current_value";
const SENDER = "expected contact, user, agent_bot or captain_assistant";

/** Each a place in the data, what is wrong there, and the words that say so. */
const ACCOUNT = [
  ["account", undefined, "Invalid input: expected object, received undefined"],
  ["account.id", null, ID],
  ["account.name", 1, "Invalid input: expected string, received number"],
] as const;

const CONVERSATION = [
  ["id", 1.5, ID],
  ["inbox_id", "", ID],
  ["status", "shut", 'Invalid option: expected one of "open"|"resolved"|"pending"|"snoozed"'],
  ["priority", "top", 'Invalid option: expected one of "low"|"medium"|"high"|"urgent"'],
  ["channel", 5, "Invalid input: expected string, received number"],
  ["can_reply", "yes", "Invalid input: expected boolean, received string"],
  ["contact_inbox.source_id", 7, "Invalid input: expected string, received number"],
  ["contact_inbox.hmac_verified", undefined, "Invalid input: expected boolean, received undefined"],
  ["contact_inbox.created_at", "2026-06-17", TIME],
  ["messages", {}, "Invalid input: expected array, received object"],
  ["messages[0].message_type", 4, "expected incoming, outgoing, activity or template, or its number from 0 to 3"],
  ["messages[0].created_at", 1781699568358, TIME],
  ["messages[0].private", 1, "Invalid input: expected boolean, received number"],
  ["messages[0].sender.type", "ghost", SENDER],
  ["messages[0].conversation.last_activity_at", "now", TIME],
  ["messages[0].conversation.contact_inbox.source_id", 1, "Invalid input: expected string, received number"],
  ["labels[0]", 1, "Invalid input: expected string, received number"],
  ["meta.sender.email", 1, "Invalid input: expected string, received number"],
  ["meta.assignee.type", "contact", "expected user, agent_bot or captain_assistant"],
  ["meta.team.id", {}, ID],
  ["meta.hmac_verified", "no", "Invalid input: expected boolean, received string"],
  ["additional_attributes", [], "expected an object"],
  ["unread_count", "1", "Invalid input: expected number, received string"],
  ["created_at", undefined, TIME],
  ["updated_at", -1, TIME],
  ["last_activity_at", new Date(Number.NaN), TIME],
  ["waiting_since", Number.NaN, TIME],
  ["snoozed_until", "2026-06-17T12:32:48", TIME],
  ["first_reply_created_at", true, TIME],
] as const;

const MESSAGE = [
  ["id", undefined, ID],
  ["content", 1, "Invalid input: expected string, received number"],
  ["content_type", 0, "Invalid input: expected string, received number"],
  ["message_type", "sent", "expected incoming, outgoing, activity or template, or its number from 0 to 3"],
  ["created_at", null, TIME],
  ["private", null, "Invalid input: expected boolean, received null"],
  ["sender.id", -0.5, ID],
  ["sender", "Jane", "Invalid input: expected object, received string"],
  ["inbox", 5, "Invalid input: expected object, received number"],
  ["content_attributes", "{}", "expected an object"],
  ...CONVERSATION.map(([place, value, words]) => [`conversation.${place}`, value, words] as const),
] as const;

const CONTACT = [
  ["id", Number.NaN, ID],
  ["type", "user", 'Invalid input: expected "contact"'],
  ["email", 1, "Invalid input: expected string, received number"],
  ["blocked", 0, "Invalid input: expected boolean, received number"],
  ["custom_attributes", 1, "expected an object"],
] as const;

const CHANGES = [
  ["changed_attributes", undefined, "Invalid input: expected array, received undefined"],
  [
    "changed_attributes",
    { name: { previous_value: 1, current_value: 2 } },
    "Invalid input: expected array, received object",
  ],
  ["changed_attributes[0]", { name: ["Jane", "Jane Doe"] }, CHANGE],
  [
    "changed_attributes[0]",
    { a: { previous_value: 1, current_value: 2 }, b: { previous_value: 1, current_value: 2 } },
    CHANGE,
  ],
  ["changed_attributes[0]", {}, CHANGE],
] as const;

const TYPING = [
  ["user", null, "Invalid input: expected object, received null"],
  ["user.type", undefined, SENDER],
  ["is_private", 0, "Invalid input: expected boolean, received number"],
  ...[...ACCOUNT, ...CONVERSATION].map(([place, value, words]) => [`conversation.${place}`, value, words] as const),
] as const;

type Wrong = readonly (readonly [place: string, value: unknown, words: string])[];

const WRONG: Record<TrinoEventType, Wrong> = {
  "conversation.created": [...ACCOUNT, ...CONVERSATION],
  "conversation.updated": [...ACCOUNT, ...CONVERSATION, ...CHANGES],
  "conversation.status_changed": [...ACCOUNT, ...CONVERSATION, ...CHANGES],
  "message.created": [
    ...ACCOUNT,
    ...MESSAGE,
    ["attachments", {}, "Invalid input: expected array, received object"],
    ["attachments[0]", null, "Invalid input: expected object, received null"],
    ["attachments[0].id", undefined, ID],
    ["attachments[0].file_type", undefined, "Invalid input: expected string, received undefined"],
    ["attachments[0].file_type", 1, "Invalid input: expected string, received number"],
    ["attachments[0].data_url", 1, "Invalid input: expected string, received number"],
    ["attachments[0].file_size", "12 kB", "Invalid input: expected number, received string"],
  ],
  "message.updated": [...ACCOUNT, ...MESSAGE],
  "webwidget.triggered": [
    ...ACCOUNT,
    ["id", null, ID],
    ["contact", null, "Invalid input: expected object, received null"],
    ...CONTACT.map(([place, value, words]) => [`contact.${place}`, value, words] as const),
    ["inbox.id", undefined, ID],
    ["current_conversation.status", "shut", 'Invalid option: expected one of "open"|"resolved"|"pending"|"snoozed"'],
    ["source_id", 1, "Invalid input: expected string, received number"],
    ["event_info", undefined, "Invalid input: expected object, received undefined"],
    ["event_info.initiated_at.timestamp", 1, "Invalid input: expected string, received number"],
  ],
  "conversation.typing_on": TYPING,
  "conversation.typing_off": TYPING,
  "contact.created": [...ACCOUNT, ...CONTACT],
  "contact.updated": [...ACCOUNT, ...CONTACT, ...CHANGES],
  "inbox.created": [
    ...ACCOUNT,
    ["id", true, ID],
    ["channel_type", 1, "Invalid input: expected string, received number"],
  ],
  "inbox.updated": [...ACCOUNT, ["name", {}, "Invalid input: expected string, received object"], ...CHANGES],
};

it.each(EVENTS.flatMap(([type]) => WRONG[type].map(([place, value, words]) => [type, place, value, words] as const)))(
  "a %s whose %s is %j is refused: %s",
  async (type, place, value, words) => {
    const bus = await aStartedBus();
    const data = withValue(type, place, value);

    const error = await bus.publish(type, data as never).catch((refusal: unknown) => refusal);

    expect(BusError.is(error, "BUS_EVENT_INVALID")).toBe(true);
    expect(error).toMatchObject({ message: `The data of "${type}" does not fit its schema: ${place}: ${words}.` });
  },
);

it.each(EVENTS)("a %s that is no object is refused", async (type) => {
  const bus = await aStartedBus();

  for (const data of [undefined, null, 1, "text", []]) {
    await expect(bus.publish(type, data as never)).rejects.toMatchObject({ code: "BUS_EVENT_INVALID" });
  }
});

it("names every field at fault, and shows the values of none", async () => {
  const bus = await aStartedBus();
  const data = { ...dataOf("contact.created"), id: null, email: { at: "jane@acme.test" }, type: "s3cret" };

  await expect(bus.publish("contact.created", data as never)).rejects.toThrow(
    `id: ${ID}; type: Invalid input: expected "contact"; email: Invalid input: expected string, received object.`,
  );
});

it.each(EVENTS)("a %s is taken as it is in the contract", async (type) => {
  const bus = await aStartedBus();

  const event = await bus.publish(type, dataOf(type) as never);

  expect(event.data).toStrictEqual(dataOf(type));
});

it.each([
  ["image", {}, "data_url", "expected string, received undefined"],
  ["video", { data_url: 1 }, "data_url", "expected string, received number"],
  ["file", {}, "data_url", "expected string, received undefined"],
  ["share", {}, "data_url", "expected string, received undefined"],
  ["story_mention", {}, "data_url", "expected string, received undefined"],
  ["ig_reel", {}, "data_url", "expected string, received undefined"],
  ["ig_post", {}, "data_url", "expected string, received undefined"],
  ["ig_story", {}, "data_url", "expected string, received undefined"],
  ["audio", {}, "data_url", "expected string, received undefined"],
  ["audio", { data_url: "", transcribed_text: 1 }, "transcribed_text", "expected string, received number"],
  ["location", { coordinates_long: 1 }, "coordinates_lat", "expected number, received undefined"],
  ["location", { coordinates_lat: 1 }, "coordinates_long", "expected number, received undefined"],
  ["location", { coordinates_lat: 1, coordinates_long: "1" }, "coordinates_long", "expected number, received string"],
  ["contact", { fallback_title: 5511999990000 }, "fallback_title", "expected string, received number"],
  ["contact", { meta: "Jane" }, "meta", "expected object, received string"],
  ["contact", { meta: { first_name: 1 } }, "meta.first_name", "expected string, received number"],
  ["fallback", { data_url: {} }, "data_url", "expected string, received object"],
  ["embed", { fallback_title: "A page" }, "data_url", "expected string, received undefined"],
])("an attachment of the kind %s with %j is refused for its %s: %s", async (file_type, fields, place, words) => {
  const bus = await aStartedBus();
  const attachment = { id: 1, file_type, ...fields };
  const outer = dataOf("message.created", { attachments: [{ id: 1, file_type: "hologram" }, attachment] });
  const inner = withValue("conversation.created", "messages[0].attachments", [attachment]);

  const inMessage = bus.publish("message.created", outer as never);
  const inConversation = bus.publish("conversation.created", inner as never);

  await expect(inMessage).rejects.toThrow(`fit its schema: attachments[1].${place}: Invalid input: ${words}.`);
  await expect(inConversation).rejects.toThrow(
    `fit its schema: messages[0].attachments[0].${place}: Invalid input: ${words}.`,
  );
});

it("names every field of an attachment that is at fault", async () => {
  const bus = await aStartedBus();
  const attachments = [{ id: null, file_type: "location" }];

  await expect(bus.publish("message.created", dataOf("message.created", { attachments }) as never)).rejects.toThrow(
    `attachments[0].id: ${ID}; attachments[0].coordinates_lat: Invalid input: expected number, received undefined; attachments[0].coordinates_long`,
  );
});

async function aStartedBus() {
  const bus = createBus({ name: "helpdesk", events: trinoEvents, store: memoryStore() });
  await bus.start();
  onTestFinished(() => bus.stop());
  return bus;
}

/** The contract's data, but for the value at one place, which may be one that it does not have. */
function withValue(type: TrinoEventType, place: string, value: unknown): object {
  const data = dataOf(type);
  if (place.startsWith("current_conversation")) data["current_conversation"] = dataOf("conversation.created");
  const keys = place.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  const holder = keys.reduce<Record<string, unknown>>((record, key) => record[key] as Record<string, unknown>, data);
  holder[last] = value;
  return data;
}
