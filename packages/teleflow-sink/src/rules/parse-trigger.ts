import { isPromise } from "node:util/types";
import { Misfit } from "./misfit.ts";

/** What a trigger or broadcast says besides name and id, ready to be written. */
export interface ParsedTrigger {
  /** As JSON, one by one: no subscriber twice. */
  readonly to: readonly string[] | undefined;
  readonly payload: string;
  readonly overrides: string | undefined;
  readonly actor: string | undefined;
  readonly tenant: string | undefined;
}

/** As they come. */
export interface GivenTrigger {
  readonly to?: unknown;
  readonly payload?: unknown;
  readonly overrides?: unknown;
  readonly actor?: unknown;
  readonly tenant?: unknown;
}

/**
 * Checks what the service does not: its worker drops a trigger with a bad recipient in silence.
 *
 * @param hasRecipients false for a broadcast
 * @throws {Misfit}
 */
export function parseTrigger(given: GivenTrigger, hasRecipients: boolean): ParsedTrigger {
  return {
    to: hasRecipients ? parseRecipients(given.to) : undefined,
    payload: parsePayload(given.payload),
    overrides: parseOverrides(given.overrides),
    actor: parseActor(given.actor),
    tenant: parseTenant(given.tenant),
  };
}

/** By name, each alone: for values that are there before the event is. Each throws a Misfit. */
export const parseField: Readonly<Record<keyof GivenTrigger, (value: unknown) => unknown>> = {
  to: parseRecipients,
  payload: parsePayload,
  overrides: parseOverrides,
  actor: parseActor,
  tenant: parseTenant,
};

const SUBSCRIBER_TEXTS = new Set(["subscriberId", "email", "firstName", "lastName", "phone", "avatar", "locale"]);
const TOPIC_TEXTS = new Set(["type", "topicKey"]);
const TENANT_TEXTS = new Set(["identifier", "name"]);

function parseRecipients(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new Misfit("to", "it names nobody");
  const found = new Map<string, Subscriber | Topic>();
  for (const [index, item] of list.entries()) {
    const recipient = parseRecipient(Array.isArray(value) ? `to[${index}]` : "to", item);
    const key = "topicKey" in recipient ? `topic ${recipient.topicKey}` : `subscriber ${recipient.subscriberId}`;
    // One that is named twice is reached once, with what is said of it in either place.
    found.set(key, { ...found.get(key), ...recipient });
  }
  return Array.from(found.values(), (recipient) => JSON.stringify(recipient));
}

interface Topic {
  readonly type: "Topic";
  readonly topicKey: string;
}

/** And other fields. */
interface Subscriber {
  readonly subscriberId: string;
}

function parseRecipient(place: string, value: unknown): Subscriber | Topic {
  return isRecord(value) && value["type"] !== undefined ? parseTopic(place, value) : parseSubscriber(place, value);
}

function parseTopic(place: string, value: Readonly<Record<string, unknown>>): Topic {
  const { type, topicKey } = parseFields(place, value, TOPIC_TEXTS);
  if (type !== "Topic") throw new Misfit(`${place}.type`, `the only one is "Topic"`);
  return { type, topicKey: parseId(`${place}.topicKey`, topicKey) };
}

function parseSubscriber(place: string, value: unknown): Subscriber {
  if (typeof value === "string") return { subscriberId: parseId(place, value) };
  if (!isRecord(value)) throw new Misfit(place, "expected the id of a subscriber, or an object with subscriberId");
  const { subscriberId, ...rest } = parseFields(place, value, SUBSCRIBER_TEXTS, "data");
  return { subscriberId: parseId(`${place}.subscriberId`, subscriberId), ...rest };
}

function parsePayload(value: unknown): string {
  return value === undefined ? "{}" : objectJson("payload", value);
}

function parseOverrides(value: unknown): string | undefined {
  return value === undefined ? undefined : objectJson("overrides", value);
}

function parseActor(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(typeof value === "string" ? parseId("actor", value) : parseSubscriber("actor", value));
}

function parseTenant(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return JSON.stringify(parseId("tenant", value));
  if (!isRecord(value)) throw new Misfit("tenant", "expected its identifier, or an object with identifier");
  const { identifier, ...rest } = parseFields("tenant", value, TENANT_TEXTS, "data");
  return JSON.stringify({ identifier: parseId("tenant.identifier", identifier), ...rest });
}

/** The fields that are given, of which some are texts and one may be an object. */
function parseFields(
  place: string,
  value: Readonly<Record<string, unknown>>,
  texts: ReadonlySet<string>,
  object?: string,
): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [field, content] of Object.entries(value)) {
    if (content === undefined) continue;
    if (field === object) objectJson(`${place}.${field}`, content);
    else if (!texts.has(field)) throw new Misfit(place, `it has no field ${nameInWords(field)}`);
    else if (typeof content !== "string") throw new Misfit(`${place}.${field}`, "expected a text");
    fields[field] = content;
  }
  return fields;
}

function parseId(place: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") throw new Misfit(place, "expected a text that is not empty");
  return value;
}

function objectJson(place: string, value: unknown): string {
  if (!isRecord(value)) throw new Misfit(place, "expected an object");
  const json = jsonOf(place, value);
  // What has a toJSON may be anything.
  if (!json?.startsWith("{")) throw new Misfit(place, "expected an object");
  return json;
}

function jsonOf(place: string, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    throw new Misfit(place, "it has no JSON form: remove BigInts, cycles and throwing toJSON methods");
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);
}

/** A field's name, unless it is so long that it may be data. */
function nameInWords(field: string): string {
  return field.length > 40 ? "of that name" : JSON.stringify(field);
}
