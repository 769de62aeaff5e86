import { checkAllowList, checkHeaders, type AllowList, zodCheck } from "@bus/http";
import { z } from "zod";
import { endpoint, type ParsedEndpoint, type WebhookEndpoint } from "./endpoint.ts";
import { isTakenPrefix } from "./request-headers.ts";
import { pendingDeliveries } from "./webhook-record.ts";
import { headersFault, LONGEST_DEADLINE_MS } from "./webhook-settings.ts";
import type { PendingDeliveries } from "./webhook.ts";

export interface WebhookSinkOptions {
  /** Webhooks that are fixed here, beside those registered while the bus runs. @default none */
  readonly endpoints?: readonly WebhookEndpoint[] | undefined;
  /** Begins the names of the desk's own headers; `X-Chatwoot-` suits receivers built for that desk. @default "X-Trino-" */
  readonly headerPrefix?: string | undefined;
  /** How long one attempt may take, from look-up to the end of the answer. @default 15_000 */
  readonly deadlineMs?: number | undefined;
  /** Host names, addresses and CIDRs that may be private; every other target must be public. @default none */
  readonly allow?: AllowList | undefined;
  /** @default "Bus-Webhooks" */
  readonly userAgent?: string | undefined;
  /**
   * What becomes of the deliveries of a registered webhook that is disabled, by its receiver's 410 too: "park" holds them, and those of new
   * events, until it is enabled; "discard" drops them. @default "park"
   */
  readonly whenDisabled?: PendingDeliveries | undefined;
  /** A webhook is disabled after nothing but failures for so long; Infinity: never. @default 5 days */
  readonly disableAfterMs?: number | undefined;
}

/** The options with nothing left open. */
export interface ParsedOptions {
  readonly endpoints: readonly ParsedEndpoint[];
  readonly headerPrefix: string;
  readonly deadlineMs: number;
  readonly allow: AllowList;
  readonly userAgent: string;
  readonly whenDisabled: PendingDeliveries;
  readonly disableAfterMs: number;
}

const FIVE_DAYS_MS = 5 * 24 * 60 * 60 * 1000;

export const webhookSinkOptions: z.ZodType<ParsedOptions, WebhookSinkOptions> = z
  .strictObject({
    endpoints: z.array(endpoint).readonly().default([]),
    headerPrefix: z
      .string()
      .min(1)
      .check(zodCheck((prefix) => checkHeaders({ [`${prefix}Event`]: "" })))
      .refine((prefix) => !isTakenPrefix(prefix), "The Standard Webhooks headers begin with it: choose another")
      .default("X-Trino-"),
    deadlineMs: z.int().min(1).max(LONGEST_DEADLINE_MS).default(15_000),
    allow: z.array(z.string()).readonly().check(zodCheck(checkAllowList)).default([]),
    userAgent: z
      .string()
      .min(1)
      .check(zodCheck((userAgent) => checkHeaders({ userAgent })))
      .default("Bus-Webhooks"),
    whenDisabled: pendingDeliveries.default("park"),
    disableAfterMs: z
      .custom<number>(isSpan, "expected a whole number of milliseconds from 1, or Infinity")
      .default(FIVE_DAYS_MS),
  })
  .check(({ value: { endpoints, headerPrefix }, issues }) => {
    // Also called for options with faults, whose endpoints are not parsed.
    if (issues.length > 0) return;
    const ids = new Set<string>();
    const targets = new Set<string>();
    const refuse = (index: number, field: keyof ParsedEndpoint, message: string): void => {
      issues.push({ code: "custom", path: ["endpoints", index, field], message, input: undefined });
    };
    for (const [index, { id, url, account, headers }] of endpoints.entries()) {
      const target = JSON.stringify([account, URL.parse(url)?.href]);
      if (ids.has(id)) refuse(index, "id", "Another endpoint has this id: give this one its own");
      if (targets.has(target))
        refuse(index, "url", "Another endpoint of the account has this URL: unite their subscriptions");
      const fault = headersFault(headers, headerPrefix);
      if (fault !== undefined) refuse(index, "headers", fault);
      ids.add(id);
      targets.add(target);
    }
  });

function isSpan(value: unknown): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && Number(value) >= 1);
}
