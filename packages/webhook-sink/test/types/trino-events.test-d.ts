import { createBus } from "@bus/core";
import { expectTypeOf } from "vitest";
import {
  trinoEvents,
  type Instant,
  type TrinoContact,
  type TrinoConversation,
  type TrinoInbox,
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
const data_url = "https://acme.test/1";
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

// All that receivers get.
await bus.publish("conversation.created", { ...conversation, account_id: 1, timestamp: 1781699568 });

// Opaque objects may have any key.
const opaque = { plan: "gold", seats: { used: 3 } };
await bus.publish("message.created", { ...message, additional_attributes: opaque, content_attributes: { of_ours: 1 } });
await bus.publish("contact.created", {
  ...contact,
  additional_attributes: opaque,
  custom_attributes: { plan: "gold" },
});
await bus.publish("webwidget.triggered", {
  id: 12,
  contact,
  inbox,
  account,
  source_id: "4",
  event_info: { referer: "https://www.acme.test", campaign: "spring", browser: opaque },
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
// @ts-expect-error Somebody types.
await bus.publish("conversation.typing_on", { conversation });

const event_info = { referer: 1 };
// @ts-expect-error A referer is text, whatever else is open.
await bus.publish("webwidget.triggered", { id: 12, contact, inbox, account, source_id: "4", event_info });

// A typo in a literal does not compile, at any level.
// @ts-expect-error
await bus.publish("contact.created", { id: 14, type: "contact", naem: "Jane", account });
// @ts-expect-error
await bus.publish("contact.created", { ...contact, account: { id: 1, naem: "Acme Inc" } });
// @ts-expect-error
await bus.publish("message.created", { ...message, sender: { id: 2, type: "user", naem: "Ann" } });
// @ts-expect-error
await bus.publish("message.created", { ...message, attachments: [{ id: 42, file_type: "image", data_url, with: 1 }] });
// @ts-expect-error
await bus.publish("conversation.created", { ...conversation, meta: { team: { id: 3, naem: "Sales" } } });
// @ts-expect-error
await bus.publishMany([{ type: "inbox.created", data: { id: 5, naem: "Acme Support", account } }]);

// Keys of a host's own come by a spread or in a variable, at every level.
const custom = { custom: 1 };
const user = { id: 2, type: "user", custom: 2 } as const;
const picture = { id: 42, file_type: "image", data_url, depth: 3 } as const;
await bus.publish("message.created", {
  ...message,
  ...custom,
  account: { ...custom, id: 1 },
  sender: user,
  conversation: { ...conversation, ...custom, meta: { ...custom, team: { ...custom, id: 3 }, assignee: user } },
  attachments: [picture],
});

// So do the interfaces of a host's own, one in the other, and those that extend ours.
interface OwnAccount {
  id: number;
  plan: string;
}
interface OwnUser {
  id: number;
  type: "user";
  account: OwnAccount;
  lastLogin: Date;
}
interface OwnContact {
  id: number;
  type: "contact";
  name: string | null;
  account: OwnAccount;
}
interface OwnInbox extends TrinoInbox {
  readonly color: string;
}
interface OwnMessage {
  id: string;
  message_type: "incoming" | "outgoing";
  created_at: Date;
  sender: OwnContact | OwnUser;
  account: OwnAccount;
  conversation: TrinoConversation;
  inbox: OwnInbox;
}
declare const ownContact: OwnContact;
declare const ownMessage: OwnMessage;
await bus.publish("contact.created", ownContact);
await bus.publish("contact.updated", { ...ownContact, changed_attributes });
await bus.publish("message.created", ownMessage);
await bus.publish("message.created", { ...message, sender: ownMessage.sender, inbox: ownMessage.inbox });
await bus.publishMany([{ type: "message.created", data: ownMessage }]);

// But for opaque objects, which take the interface of a host's own once it is spread.
interface OwnAttributes {
  plan: string;
}
declare const ownAttributes: OwnAttributes;
await bus.publish("contact.created", { ...ownContact, custom_attributes: { ...ownAttributes } });

// The exported types are of what may be published: Dates, too.
const annotated: TrinoMessage = {
  id: 118,
  message_type: "incoming",
  created_at: new Date(),
  account,
  conversation: { id: 10, inbox_id: 5, status: "open", created_at: new Date(), updated_at: 0, last_activity_at: "" },
  inbox,
};
await bus.publish("message.created", annotated);
expectTypeOf(conversation).toExtend<TrinoConversation>();

// What is heard has no Date, no key that is not named, and can be published again.
bus.on("message.created", async ({ data }) => {
  expectTypeOf(data).toEqualTypeOf<TrinoMessage<Instant>>();
  expectTypeOf(data.created_at).toEqualTypeOf<Instant>();
  expectTypeOf(data.conversation.snoozed_until).toEqualTypeOf<Instant | null | undefined>();
  expectTypeOf(data.conversation.contact_inbox?.updated_at).toEqualTypeOf<Instant | undefined>();
  expectTypeOf(data).not.toHaveProperty("contnet");
  // Which keys of its own it has, a host asks.
  if ("custom" in data) expectTypeOf(data.custom).toEqualTypeOf<unknown>();
  await bus.publish("message.updated", data);
});

// The type of a sender tells what else it has.
declare const sender: TrinoSender;
if (sender.type === "contact") expectTypeOf(sender).toEqualTypeOf<TrinoContact>();
if (sender.type === "user") expectTypeOf(sender).toEqualTypeOf<TrinoUser>();
