import { describe, expect, it } from "vitest";
import { trinoSchemas } from "../../src/index.ts";
import { aConversation, aMessage } from "../fixtures.ts";

const message = aMessage();
const conversation = aConversation();
const user = { id: 2, type: "user" };

const OBJECTS: Record<keyof typeof trinoSchemas, unknown> = {
  account: message.account,
  agentBot: { id: 3, type: "agent_bot", description: null },
  assignee: conversation.meta?.assignee,
  attachment: message.attachments?.[0],
  captainAssistant: { id: 4, type: "captain_assistant" },
  contact: message.sender,
  contactInbox: conversation.contact_inbox,
  conversation,
  conversationMessage: conversation.messages?.[0],
  inbox: message.inbox,
  message,
  sender: message.sender,
  team: message.conversation.meta?.team,
  user,
};

const OBJECT_ENTRIES = Object.entries(OBJECTS) as [keyof typeof trinoSchemas, object][];

describe("trinoSchemas", () => {
  it("has one for every object", () => {
    expect(Object.keys(trinoSchemas).toSorted()).toEqual(Object.keys(OBJECTS));
  });

  it.each(OBJECT_ENTRIES)("takes the contract's %s, with keys of a host's own", (name, object) => {
    const given = { ...object, custom: 1 };

    expect(trinoSchemas[name].parse(given)).toStrictEqual(given);
  });

  it.each(OBJECT_ENTRIES)("says where a %s is wrong", (name, object) => {
    const { error } = trinoSchemas[name].safeParse({ ...object, id: null });

    expect(error?.issues).toMatchObject([{ path: ["id"], message: expect.stringMatching(/^expected an id/) }]);
  });

  it("tells one sender from another", () => {
    expect(trinoSchemas.user.safeParse(user).success).toBe(true);
    for (const other of ["agentBot", "captainAssistant", "contact"] as const)
      expect(trinoSchemas[other].safeParse(user).success).toBe(false);
    expect(trinoSchemas.assignee.safeParse(message.sender).success).toBe(false);
  });
});
