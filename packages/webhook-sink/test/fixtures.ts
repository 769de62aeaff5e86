import { readFileSync } from "node:fs";
import type { TrinoConversationEvent, TrinoMessage } from "../src/index.ts";

/** A body as the desk sends it. */
export function wireBody(name: "message_created" | "conversation_created"): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** What a host publishes: the body without its event name. */
export function aMessage(changes: Record<string, unknown> = {}): TrinoMessage {
  const { event: _, ...data } = wireBody("message_created");
  return { ...data, ...changes } as unknown as TrinoMessage;
}

export function aConversation(changes: Record<string, unknown> = {}): TrinoConversationEvent {
  const { event: _, ...data } = wireBody("conversation_created");
  return { ...data, ...changes } as unknown as TrinoConversationEvent;
}

/** The message inside a conversation. */
export function anInnerMessage(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...aConversation().messages?.[0], ...changes };
}
