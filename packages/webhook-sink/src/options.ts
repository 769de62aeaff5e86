import { checkAllowList, checkHeaders, type AllowList } from "@bus/http";
import { z } from "zod";
import { endpoint, type ParsedEndpoint, type WebhookEndpoint } from "./endpoint.ts";
import { refusal } from "./refusal.ts";
import { isOwnHeader } from "./request-headers.ts";

export interface WebhookSinkOptions {
  readonly endpoints: readonly WebhookEndpoint[];
  /** Begins the names of the desk's own headers; `X-Chatwoot-` suits receivers built for that desk. @default "X-Trino-" */
  readonly headerPrefix?: string | undefined;
  /** How long one attempt may take, from look-up to the end of the answer. @default 15_000 */
  readonly deadlineMs?: number | undefined;
  /** Host names, addresses and CIDRs that may be private; every other target must be public. @default none */
  readonly allow?: AllowList | undefined;
  /** @default "Bus-Webhooks" */
  readonly userAgent?: string | undefined;
}

/** The options with nothing left open. */
export interface ParsedOptions {
  readonly endpoints: readonly ParsedEndpoint[];
  readonly headerPrefix: string;
  readonly deadlineMs: number;
  readonly allow: AllowList;
  readonly userAgent: string;
}

/** What Node's timers can wait. */
const LONGEST_DEADLINE_MS = 2 ** 31 - 1;

export const webhookSinkOptions: z.ZodType<ParsedOptions, WebhookSinkOptions> = z
  .strictObject({
    endpoints: z.array(endpoint).readonly(),
    headerPrefix: z
      .string()
      .min(1)
      .check(refusal((prefix) => checkHeaders({ [`${prefix}Event`]: "" })))
      .default("X-Trino-"),
    deadlineMs: z.int().min(1).max(LONGEST_DEADLINE_MS).default(15_000),
    allow: z.array(z.string()).readonly().check(refusal(checkAllowList)).default([]),
    userAgent: z
      .string()
      .min(1)
      .check(refusal((userAgent) => checkHeaders({ userAgent })))
      .default("Bus-Webhooks"),
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
      const own = Object.keys(headers).find((name) => isOwnHeader(name, headerPrefix));
      if (own !== undefined) refuse(index, "headers", `"${own}" is written by the sink: leave it out`);
      ids.add(id);
      targets.add(target);
    }
  });
