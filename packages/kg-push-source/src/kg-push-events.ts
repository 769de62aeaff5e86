import { z } from "zod";

/** The data of `kg.user_tags`: what the knowledge graph has found somebody to be concerned with. Other keys of the pushed data are kept. */
export interface KgUserTags {
  readonly recipients: readonly KgRecipient[];
  readonly tags: readonly KgTag[];
}

export interface KgRecipient {
  /** `user`. */
  readonly type: string;
  /** The user's `_kg_email_id`. @see kgEmailId */
  readonly id: string;
}

export interface KgTag {
  readonly value: string;
  readonly weight: number;
}

/** The data of `kg.unknown`: an event of a type that this version does not know. Whatever else came with it or in it is beside these. */
export interface KgUnknown {
  /** The type that the knowledge graph gave it. */
  readonly type: string;
  /** Null when there were none. */
  readonly recipients: unknown;
  /** Null when there was none. */
  readonly data: unknown;
}

/** The events this source publishes, for the bus's `events` option: `events: { ...kgPushEvents, ...yours }`. */
export const kgPushEvents: {
  readonly "kg.user_tags": z.ZodType<KgUserTags, KgUserTags>;
  readonly "kg.unknown": z.ZodType<KgUnknown, KgUnknown>;
} = {
  "kg.user_tags": dataWithout(
    ({ recipients, tags }) => recipientsFault(recipients, "recipients") ?? tagsFault(tags, "tags"),
  ),
  "kg.unknown": dataWithout(({ type }) => textFault(type, "type")),
};

/** What is wrong with a list of recipients; undefined when nothing is. */
export function recipientsFault(recipients: unknown, place: string): string | undefined {
  return listFault(recipients, place, recipientFault);
}

export function recipientFault(recipient: unknown, place: string): string | undefined {
  if (!isObject(recipient)) return `${place} must be an object`;
  return textFault(recipient.type, `${place}.type`) ?? textFault(recipient.id, `${place}.id`);
}

export function tagsFault(tags: unknown, place: string): string | undefined {
  return listFault(tags, place, tagFault);
}

export function textFault(text: unknown, place: string): string | undefined {
  return typeof text === "string" && text !== "" ? undefined : `${place} must be a non-empty string`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tagFault(tag: unknown, place: string): string | undefined {
  if (!isObject(tag)) return `${place} must be an object`;
  if (typeof tag.value !== "string") return `${place}.value must be a string`;
  return Number.isFinite(tag.weight) ? undefined : `${place}.weight must be a finite number`;
}

/** Stops at the first: a list of millions must not give millions of faults. */
function listFault(
  list: unknown,
  place: string,
  fault: (item: unknown, place: string) => string | undefined,
): string | undefined {
  if (!Array.isArray(list)) return `${place} must be a list`;
  for (const [index, item] of list.entries()) {
    const found = fault(item, `${place}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Gives the data back as it is, with every key it has. */
function dataWithout<Data>(
  fault: (data: Readonly<Record<string, unknown>>) => string | undefined,
): z.ZodType<Data, Data> {
  return z.custom<Data>().check(({ value, issues }) => {
    const message = isObject(value) ? fault(value) : "must be an object";
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  });
}
