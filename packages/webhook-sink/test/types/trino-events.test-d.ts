import { createBus } from "@bus/core";
import { expectTypeOf } from "vitest";
import {
  trinoEvents,
  type Instant,
  type TrinoContact,
  type TrinoConversation,
  type TrinoMessage,
  type TrinoSender,
  type TrinoUser,
} from "../../src/index.ts";

const bus = createBus({ name: "helpdesk", events: trinoEvents });

const account = { id: 1, name: "Acme Inc" };
const contact = { id: 14, type: "contact", name: "Jane", account } as const;
const conversation = {
  id: 10,
  inbox_id: 5,
  status: "open",
  account,
  created_at: new Date(),
  updated_at: 1781699568.947912,
  last_activity_at: "2026-06-17T12:32:48.358Z",
} as const;
const inbox = { id: 5, name: "Acme Support", channel_type: "Channel::WebWidget" };
const message = { id: 118, message_type: "incoming", created_at: new Date(), account, conversation, inbox } as const;
const changed_attributes = [{ name: { previous_value: "Jane", current_value: "Jane Doe" } }];

// What is natural to write, of each event.
await bus.publish("conversation.created", conversation);
await bus.publish("conversation.updated", { ...conversation, changed_attributes });
await bus.publish("conversation.status_changed", { ...conversation, changed_attributes: null });
await bus.publish("message.created", { ...message, content: "Hi", sender: contact });
await bus.publish("message.updated", { ...message, message_type: 0, content_type: "of_an_installation" });
await bus.publish("webwidget.triggered", { id: 12, contact, inbox, account, source_id: "4", event_info: {} });
await bus.publish("conversation.typing_on", { conversation, user: { id: 2, type: "user" } });
await bus.publish("conversation.typing_off", { conversation, user: contact, is_private: false });
await bus.publish("contact.created", contact);
await bus.publish("contact.updated", { ...contact, changed_attributes });
await bus.publish("inbox.created", { ...inbox, account });
await bus.publish("inbox.updated", { ...inbox, account, changed_attributes });

// Unknown keys, at every level, and attachments of unknown kinds.
await bus.publish("message.created", {
  ...message,
  custom: 1,
  account: { id: 1, custom: 2 },
  inbox: { id: 5, custom: 3 },
  sender: { id: 2, type: "user", custom: 4 },
  conversation: {
    ...conversation,
    custom: 5,
    meta: { custom: 6, team: { id: 3, custom: 7 }, assignee: { id: 4, type: "agent_bot", custom: 8 } },
    messages: [{ id: 1, message_type: 1, created_at: 0, custom: 9, conversation: { custom: 10 } }],
  },
  attachments: [{ id: 42, file_type: "hologram", depth: 3 }],
});

// What is wrong does not compile.
// @ts-expect-error There is no such event.
await bus.publish("message.deleted", message);
// @ts-expect-error An account is missing.
await bus.publish("inbox.created", inbox);
// @ts-expect-error An update says what changed.
await bus.publish("contact.updated", contact);
// @ts-expect-error Changes are a list.
await bus.publish("contact.updated", { ...contact, changed_attributes: { name: ["Jane", "Jane Doe"] } });
// @ts-expect-error Of each change, both values.
await bus.publish("contact.updated", { ...contact, changed_attributes: [{ name: { current_value: "Jane Doe" } }] });
// @ts-expect-error A desk has no such status.
await bus.publish("conversation.created", { ...conversation, status: "shut" });
// @ts-expect-error No time is a boolean.
await bus.publish("conversation.created", { ...conversation, waiting_since: true });
// @ts-expect-error A contact is nobody's assignee.
await bus.publish("conversation.created", { ...conversation, meta: { assignee: contact } });
// @ts-expect-error Content is text.
await bus.publish("message.created", { ...message, content: 1 });
// @ts-expect-error There is no such type of message.
await bus.publish("message.created", { ...message, message_type: "sent" });
// @ts-expect-error Nor of sender.
await bus.publish("message.created", { ...message, sender: { id: 1, type: "ghost" } });
// @ts-expect-error A sender says which it is.
await bus.publish("message.created", { ...message, sender: { id: 1, name: "Jane" } });
// @ts-expect-error Sizes are numbers.
await bus.publish("message.created", { ...message, attachments: [{ id: 1, file_type: "image", file_size: "1 MB" }] });
const attachments = [{ id: 1, file_type: "location", coordinates_lat: "1" }];
// @ts-expect-error Coordinates, too.
await bus.publish("message.created", { ...message, attachments });
// @ts-expect-error Somebody types.
await bus.publish("conversation.typing_on", { conversation });

// What is heard has no Date, and can be published again.
bus.on("message.created", async ({ data }) => {
  expectTypeOf(data).toEqualTypeOf<TrinoMessage>();
  expectTypeOf(data.created_at).toEqualTypeOf<Instant>();
  expectTypeOf(data.conversation.snoozed_until).toEqualTypeOf<Instant | null | undefined>();
  expectTypeOf(data["custom"]).toEqualTypeOf<unknown>();
  await bus.publish("message.updated", data);
});

// A host's own values can be annotated, with Dates where it says so.
expectTypeOf({ ...conversation, created_at: 0 }).toExtend<TrinoConversation>();
expectTypeOf(conversation).toExtend<TrinoConversation<Instant | Date>>();

// The type of a sender tells what else it has.
declare const sender: TrinoSender;
if (sender.type === "contact") expectTypeOf(sender).toEqualTypeOf<TrinoContact>();
if (sender.type === "user") expectTypeOf(sender).toEqualTypeOf<TrinoUser>();

// An interface of the host's has no unknown keys to give: a spread makes an object that may have some.
interface OwnContact {
  readonly id: number;
  readonly type: "contact";
}
declare const own: OwnContact;
await bus.publish("message.created", { ...message, sender: { ...own } });
