import { checkAllowList, checkHeaders, parseTargetUrl, type AllowList, zodCheck } from "@bus/http";
import { z } from "zod";
import { id, type TrinoId } from "./events/account.ts";
import { isOwnHeader } from "./request-headers.ts";
import { areSubscriptions, DEFAULT_SUBSCRIPTIONS, type Subscription } from "./subscriptions.ts";
import { webhookFilter, type WebhookFilter } from "./webhook-filter.ts";

/** What a webhook can be told, whether it is an endpoint of the options or registered. */
export interface WebhookSettings {
  /** Absolute, http or https, at most 2,048 characters. Unique per account. */
  readonly url: string;
  /** For people, at most 255 characters. */
  readonly name?: string | undefined;
  /** @default all but the typing and inbox events */
  readonly subscriptions?: readonly Subscription[] | undefined;
  /** Only events of this inbox are sent. @default of every inbox */
  readonly inboxId?: TrinoId | undefined;
  /** Only bodies that match are sent. @default all */
  readonly where?: WebhookFilter | undefined;
  /** Sent with every request, beside the sink's own, which they cannot replace. At most 50, of 8 KiB in all. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long one attempt may take, from look-up to the end of the answer. @default the sink's */
  readonly deadlineMs?: number | undefined;
  /** What may be private, beside what the sink allows: at most 100 host names, addresses and CIDRs. */
  readonly allow?: AllowList | undefined;
  /** Requests per period. @default that of the sink's policy */
  readonly rate?: { readonly limit: number; readonly perMs: number } | undefined;
  /** Requests under way at once. @default that of the sink's policy */
  readonly concurrency?: number | undefined;
}

/** Settings that were checked; frozen at every level but the outermost. */
export interface ParsedSettings extends WebhookSettings {
  readonly subscriptions: readonly Subscription[];
}

/** What Node's timers can wait. */
export const LONGEST_DEADLINE_MS: number = 2 ** 31 - 1;

const MAX_HEADER_BYTES = 8 * 1024;

const url = z
  .string({ error: "Url is invalid" })
  .max(2_048, "Url is too long (maximum is 2048 characters)")
  .refine(isTargetUrl, "Url is invalid");

const subscriptions = z
  .custom<readonly Subscription[]>(areSubscriptions, "Subscriptions Invalid events")
  .default(DEFAULT_SUBSCRIPTIONS)
  .transform(sharedSubscriptions);

const headers = z
  .record(z.string(), z.string())
  .check(zodCheck(checkHeaders))
  .refine((given) => Object.keys(given).length <= 50, "Too many headers (maximum is 50)")
  .refine((given) => bytesOf(given) <= MAX_HEADER_BYTES, "Headers are too long (maximum is 8 KiB in all)")
  .readonly();

const allow = z.array(z.string()).max(100).check(zodCheck(checkAllowList)).readonly();

const rate = z.strictObject({ limit: z.int().min(1), perMs: z.int().min(1).max(LONGEST_DEADLINE_MS) }).readonly();

type Fields = {
  readonly [Name in keyof Required<WebhookSettings>]: z.ZodType<ParsedSettings[Name], WebhookSettings[Name]>;
};

/** The fields of a schema of something that has these settings. */
export const settingsFields: Fields = {
  url,
  name: z.string("Name is invalid").max(255, "Name is too long (maximum is 255 characters)").optional(),
  subscriptions,
  inboxId: ofBoundedLength(id).optional(),
  where: webhookFilter.optional(),
  headers: headers.optional(),
  deadlineMs: z.int().min(1).max(LONGEST_DEADLINE_MS).optional(),
  allow: allow.optional(),
  rate: rate.optional(),
  concurrency: z.int().min(1).optional(),
};

/** An id that fits into a key of the state. */
export function ofBoundedLength(schema: z.ZodType<TrinoId, TrinoId>): z.ZodType<TrinoId, TrinoId> {
  return schema.refine((value) => String(value).length <= 255, "Id is too long (maximum is 255 characters)");
}

/** What is wrong with the headers where the sink's own have this prefix. */
export function headersFault(given: Readonly<Record<string, string>> = {}, prefix: string): string | undefined {
  const own = Object.keys(given).find((name) => isOwnHeader(name, prefix));
  return own === undefined ? undefined : `"${own}" is written by the sink: leave it out`;
}

function isTargetUrl(text: string): boolean {
  try {
    parseTargetUrl(text);
    return true;
  } catch {
    return false;
  }
}

/** The default ones are the same list for every webhook that has them. */
function sharedSubscriptions(names: readonly Subscription[]): readonly Subscription[] {
  const isDefault =
    names.length === DEFAULT_SUBSCRIPTIONS.length &&
    names.every((name, index) => name === DEFAULT_SUBSCRIPTIONS[index]);
  return isDefault ? Object.freeze(DEFAULT_SUBSCRIPTIONS) : Object.freeze([...new Set(names)]);
}

function bytesOf(given: Readonly<Record<string, string>>): number {
  return Object.entries(given).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
