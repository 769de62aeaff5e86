import { readFileSync } from "node:fs";
import type { trinoEvents, TrinoConversationEvent, TrinoMessage } from "../src/index.ts";
import { WIRE_NAMES, type Subscription } from "../src/subscriptions.ts";

export type TrinoEventType = keyof typeof trinoEvents;

/** The twelve event types, each with its name on the wire. */
export const EVENTS: readonly (readonly [TrinoEventType, Subscription])[] = Object.entries(WIRE_NAMES) as never;

/** A body as the desk sends it. */
export function wireBody(name: Subscription): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));
}

/** What a host publishes: the body without its event name. For tests to change at will. */
export function dataOf(type: TrinoEventType, changes: object = {}): Record<string, unknown> {
  const { event: _, ...data } = wireBody(WIRE_NAMES[type]);
  return { ...data, ...changes };
}

export function aMessage(changes: Record<string, unknown> = {}): TrinoMessage {
  return dataOf("message.created", changes) as unknown as TrinoMessage;
}

export function aConversation(changes: Record<string, unknown> = {}): TrinoConversationEvent {
  return dataOf("conversation.created", changes) as unknown as TrinoConversationEvent;
}

/** The message inside a conversation. */
export function anInnerMessage(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...aConversation().messages?.[0], ...changes };
}
