import { readFile } from "node:fs/promises";
import { trinoEvents, type TrinoAccount } from "@bus/webhook-sink";
import type { DeskBus } from "./bus.ts";

/** Publishes that a conversation was begun, and its first message. */
export async function publishConversation(bus: DeskBus, account: TrinoAccount, id: number): Promise<void> {
  const created = trinoEvents["conversation.created"].parse(await fixture("conversation_created"));
  const message = trinoEvents["message.created"].parse(await fixture("message_created"));
  const conversation = { ...created, id, account, account_id: account.id };
  const inConversation = { ...message.conversation, id, account_id: account.id };
  // #region publish
  const key = `conversation-${id}`;
  // What has the same key reaches each webhook in this order. What the store knows by its id is not published again.
  await bus.publish("conversation.created", conversation, { key, id: `${key}-created` });
  await bus.publish(
    "message.created",
    { ...message, account, conversation: inConversation },
    { key, id: `${key}-message` },
  );
  // #endregion publish
}

async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}
