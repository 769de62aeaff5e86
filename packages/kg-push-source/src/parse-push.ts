import type { PublishEntry } from "@bus/core";
import { canonicalJson } from "./canonical-json.ts";
import { RefusedPush } from "./http/refused-push.ts";
import { isObject, recipientFault, recipientsFault, tagsFault, textFault, type KgRecipient } from "./kg-push-events.ts";

/** Others may hold what no key may. */
const KG_EMAIL_ID = /^[0-9a-f]{32}$/;

/** One event of a push. */
export interface PushedEvent {
  /** As it is published. */
  readonly entry: PublishEntry;
  /** As it came: the same text for the same event. */
  readonly canonical: string;
}

/**
 * All of a push, or the first fault in it.
 *
 * @see docs/spec/knowledge-graph.md#2-inbound-buskg-push-source
 */
export function parsePush(bytes: Uint8Array): readonly PushedEvent[] {
  const push = jsonOf(bytes);
  if (!isObject(push)) throw invalid('The body must be {"events": [...]}');
  if (!Array.isArray(push.events)) throw invalid("events must be a list");
  return push.events.map((pushed: unknown, index) => eventOf(pushed, `events[${index}]`));
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    // The words of the error show parts of the body.
    throw invalid("The body is not JSON", { cause });
  }
}

function eventOf(pushed: unknown, place: string): PushedEvent {
  if (!isObject(pushed)) throw invalid(`${place} must be an object`);
  const { event } = pushed;
  if (!isObject(event)) throw invalid(`${place}.event must be an object`);
  const fault = textFault(event.type, `${place}.event.type`);
  if (fault !== undefined) throw invalid(fault);
  const entry = entryOf(pushed, event, place);
  const canonical = canonicalJson(pushed);
  if (canonical === undefined) throw invalid(`${place} is nested too deep, or has a number that is too large`);
  return { entry, canonical };
}

/** More types will come, so that none is refused for being unknown. */
function entryOf(
  { recipients, event: _, ...besides }: Readonly<Record<string, unknown>>,
  { type, data, ...others }: Readonly<Record<string, unknown>>,
  place: string,
): PublishEntry {
  if (type !== "user_tags")
    return {
      type: "kg.unknown",
      data: { ...besides, ...others, type, recipients: recipients ?? null, data: data ?? null },
    };
  const { tags: given, ...ofData } = dataOf(data, `${place}.event.data`);
  const tags = given ?? [];
  const fault = tagsFault(tags, `${place}.event.data.tags`);
  if (fault !== undefined) throw invalid(fault);
  const list = listOf(recipients, `${place}.recipients`);
  return { type: "kg.user_tags", data: { ...ofData, recipients: list, tags }, ...keyOf(list) };
}

/** What is said of one user goes on in its order: a sink that tries the older again must not write it over the newer. */
function keyOf([recipient, ...others]: readonly KgRecipient[]): { readonly key: string } | undefined {
  return recipient && others.length === 0 && KG_EMAIL_ID.test(recipient.id) ? { key: recipient.id } : undefined;
}

function dataOf(data: unknown, place: string): Readonly<Record<string, unknown>> {
  const given = data ?? {};
  if (!isObject(given)) throw invalid(`${place} must be an object`);
  return given;
}

/** One recipient may come without a list around it. */
function listOf(recipients: unknown, place: string): readonly KgRecipient[] {
  const isOne = isObject(recipients);
  const fault = isOne ? recipientFault(recipients, place) : recipientsFault(recipients, place);
  if (fault !== undefined) throw invalid(fault);
  return (isOne ? [recipients] : recipients) as readonly KgRecipient[];
}

function invalid(message: string, options?: ErrorOptions): RefusedPush {
  return new RefusedPush(400, message, options);
}
