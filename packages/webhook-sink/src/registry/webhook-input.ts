import { BusError } from "@bus/core";
import { z } from "zod";
import { id, type TrinoId } from "../events/account.ts";
import { issueWords } from "../issue-words.ts";
import { pendingDeliveries } from "../webhook-record.ts";
import { headersFault, ofBoundedLength, settingsFields, type ParsedSettings } from "../webhook-settings.ts";
import type { PendingDeliveries } from "../webhook.ts";

interface ParsedWebhook {
  readonly accountId: TrinoId;
  readonly enabled: boolean;
  readonly settings: ParsedSettings;
}

const DAY_MS = 24 * 60 * 60 * 1000;

const newWebhook = z.strictObject({
  ...settingsFields,
  accountId: ofBoundedLength(id),
  enabled: z.boolean().default(true),
});
const changedWebhook = z.strictObject({ ...settingsFields, enabled: z.boolean().optional() });
const pendingOptions = z.strictObject({ pending: pendingDeliveries.optional() });
const listQuery = z.strictObject({ accountId: z.exactOptional(ofBoundedLength(id)) });
const rotationOptions = z.strictObject({ overlapMs: z.int().min(0).default(DAY_MS) });

/** @throws {BusError} BUS_WEBHOOK_INVALID, as all of these */
export function parseNewWebhook(given: unknown, headerPrefix: string): ParsedWebhook {
  const { accountId, enabled, ...settings } = parsed(newWebhook, present(given));
  return { accountId, enabled, settings: checked(settings, headerPrefix) };
}

/** The settings once the changes are made. */
export function parseChanges(old: ParsedSettings, changes: unknown, headerPrefix: string): ParsedSettings {
  const isRecord = typeof changes === "object" && changes !== null;
  const given = isRecord ? present({ ...old, ...without(changes, undefined) }) : changes;
  const { enabled: _, ...settings } = parsed(changedWebhook, given);
  return checked(settings, headerPrefix);
}

export function parsePending(options: unknown = {}): PendingDeliveries | undefined {
  return parsed(pendingOptions, options).pending;
}

/** Without an account id it is a query for all; an account id that is undefined is a mistake. */
export function parseListQuery(query: unknown = {}): TrinoId | undefined {
  return parsed(listQuery, query).accountId;
}

export function parseOverlapMs(options: unknown = {}): number {
  return parsed(rotationOptions, options).overlapMs;
}

/** The refusal of one field, in the form of zod's. */
export function refusedField(field: keyof ParsedSettings, message: string): BusError {
  return invalid(new z.ZodError([{ code: "custom", path: [field], message, input: undefined }]));
}

function parsed<T>(schema: z.ZodType<T>, given: unknown): T {
  const { data, error } = schema.safeParse(given);
  if (error) throw invalid(error);
  return data;
}

function checked(settings: ParsedSettings, headerPrefix: string): ParsedSettings {
  const fault = headersFault(settings.headers, headerPrefix);
  if (fault !== undefined) throw refusedField("headers", fault);
  return settings;
}

function invalid(cause: z.ZodError): BusError {
  return new BusError("BUS_WEBHOOK_INVALID", [issueWords(cause)], { cause });
}

/** Null and undefined are the same as no field. */
function present(given: unknown): unknown {
  return typeof given === "object" && given !== null && !Array.isArray(given)
    ? without(without(given, null), undefined)
    : given;
}

function without(given: object, unwanted: null | undefined): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== unwanted));
}
