import type { BusEvent } from "@bus/core";
import { checkBaseUrl, checkHeaders, withoutTrailingSlashes, zodCheck } from "@bus/http";
import { z } from "zod";
import { kgAuth, type KgAuth } from "./auth.ts";
import type { RecordOptions } from "./records/record-maker.ts";
import type { KgRecordMappers } from "./records/record-mappers.ts";

export interface KgSinkOptions<R extends KgRecordMappers = KgRecordMappers> {
  /** Of the Kafka REST proxy: absolute, http or https, with or without a path, without a query. Its host may be private. */
  readonly url: string;
  /** @default "twake" */
  readonly topic?: string | undefined;
  /**
   * The key of each record, by which Kafka chooses its partition. The default, a text of four letters, puts all records into one, which keeps them in order.
   *
   * @default "null"
   */
  readonly key?: string | ((event: BusEvent) => string) | undefined;
  /** @default none */
  readonly auth?: KgAuth | undefined;
  /** Sent with every request. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** strict: a record that has to be tried again holds back all after it; relaxed: they pass it. @default "strict" */
  readonly ordering?: "strict" | "relaxed" | undefined;
  readonly batch?: KgBatch | undefined;
  /** How long one answer may take. A proxy may take 120 s. @default 130_000 */
  readonly deadlineMs?: number | undefined;
  /** Ids or console ids of the companies that are sent; none: all. @default none */
  readonly forwardedCompanies?: readonly string[] | undefined;
  /** Whether private channels, and messages in them, are sent. @default true */
  readonly includePrivateChannels?: boolean | undefined;
  /** Whether direct channels, and messages in them, are sent. @default true */
  readonly includeDirectChannels?: boolean | undefined;
  /** Whether channels, too, are sent without the ids of an owner who shares nothing. @default false */
  readonly strictPrivacy?: boolean | undefined;
  readonly extensions?: KgExtensions | undefined;
  /** For hosts whose events have a shape of their own: by kind of record, from the event to what `kgEvents` would have. @default none */
  // The constraint beside it types the parameters of functions that are written in place.
  readonly records?: (R & KgRecordMappers) | undefined;
}

/** Bounds of one request. */
export interface KgBatch {
  /** @default 500 */
  readonly maxRecords?: number | undefined;
  /** Of the request's body. A record that is larger goes alone. @default 921_600 (900 KiB) */
  readonly maxBytes?: number | undefined;
  /** How long an incomplete batch waits for more. @default 50 */
  readonly lingerMs?: number | undefined;
}

/** Properties beyond the contract, by which a consumer can tell duplicates and redact. */
export interface KgExtensions {
  /** The id of the bus's event. @default false */
  readonly event_id?: boolean | undefined;
  /** The id of the message; of messages only. @default false */
  readonly message_id?: boolean | undefined;
  /** Whether the message was deleted; of messages only. @default false */
  readonly deleted?: boolean | undefined;
}

/** The options with nothing left open. */
export interface ParsedOptions extends RecordOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly topic: string;
  readonly key: string | ((event: BusEvent) => string);
  readonly auth?: KgAuth | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly ordering: "strict" | "relaxed";
  readonly batch: { readonly maxRecords: number; readonly maxBytes: number; readonly lingerMs: number };
  readonly deadlineMs: number;
}

/** Half of what Node's timers can wait, so that what the engine adds fits too. */
const LONGEST_MS = 2 ** 30;

/** The names that Kafka allows; they also need no escape in a path. */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** Headers without which the proxy misreads a request, or the sink its answer. */
const OWN_HEADERS = new Set(["accept", "accept-encoding", "content-type"]);

const mapper = z
  .custom<(event: BusEvent) => undefined>((value) => typeof value === "function", "expected a function")
  .exactOptional();

export const kgSinkOptions: z.ZodType<ParsedOptions, KgSinkOptions> = z
  .strictObject({
    url: z.string().check(zodCheck(checkBaseUrl)).transform(withoutTrailingSlashes),
    topic: z
      .string()
      .regex(TOPIC, 'expected a name that Kafka allows: 1 to 249 letters, digits, ".", "_" and "-"')
      .default("twake"),
    key: z
      .custom<string | ((event: BusEvent) => string)>(
        (value) => typeof value === "string" || typeof value === "function",
        "expected a text, or a function that gives one",
      )
      .default("null"),
    auth: kgAuth.optional(),
    headers: z.record(z.string(), z.string()).check(zodCheck(checkHeaders)).readonly().default({}),
    ordering: z.enum(["strict", "relaxed"]).default("strict"),
    batch: z
      .strictObject({
        maxRecords: z.int().min(1).max(10_000).default(500),
        maxBytes: z
          .int()
          .min(1)
          .max(64 * 1024 * 1024)
          .default(900 * 1024),
        lingerMs: z.int().min(0).max(LONGEST_MS).default(50),
      })
      .prefault({}),
    deadlineMs: z.int().min(1).max(LONGEST_MS).default(130_000),
    forwardedCompanies: z.array(z.string().min(1, "write an id")).readonly().default([]),
    includePrivateChannels: z.boolean().default(true),
    includeDirectChannels: z.boolean().default(true),
    strictPrivacy: z.boolean().default(false),
    extensions: z
      .strictObject({
        event_id: z.boolean().default(false),
        message_id: z.boolean().default(false),
        deleted: z.boolean().default(false),
      })
      .prefault({}),
    records: z
      .strictObject({ User: mapper, Channel: mapper, Message: mapper, Company: mapper, Workspace: mapper })
      .default({}),
  })
  .check(({ value: { auth, headers }, issues }) => {
    // Also called for options with faults.
    if (issues.length > 0) return;
    const own = Object.keys(headers).find((name) => isOwnHeader(name, auth));
    if (own === undefined) return;
    const message = `"${own}" is written by the sink: leave it out`;
    issues.push({ code: "custom", path: ["headers"], message, input: undefined });
  });

function isOwnHeader(name: string, auth: KgAuth | undefined): boolean {
  const lower = name.toLowerCase();
  return OWN_HEADERS.has(lower) || (auth !== undefined && lower === "authorization");
}
