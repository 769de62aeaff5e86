import type { EventSchemas, EventType } from "@bus/core";
import { checkBaseUrl, checkHeaders, zodCheck } from "@bus/http";
import { z } from "zod";
import { baseUrlOf } from "./base-url.ts";
import { planRules } from "./rules/plan-rules.ts";
import type { PlannedRule } from "./rules/planned-rule.ts";
import type { TeleflowRule } from "./rules/teleflow-rule.ts";
import { isSchema } from "./teleflow-accepts.ts";

/** `Ons`: the event types of the rules, in order, which TypeScript infers to type each rule by its own. */
export interface TeleflowSinkOptions<
  E extends EventSchemas = EventSchemas,
  Ons extends readonly string[] = readonly EventType<E>[],
> {
  /** The host's event schemas, all or some: they type the rules, and tell what the sink accepts. */
  readonly events: E;
  /** Of the service: absolute, http or https, with or without `/v1` and a path before it, without a query. Its host may be private. */
  readonly url: string;
  readonly apiKey: string;
  /** The one that the key is of. It is part of the transaction ids: another name, and the service takes again what it has had. */
  readonly environment: string;
  // Not `readonly [...{ }]`: under a spread, each rule would be typed by the events of all.
  /** What becomes of which events. Several may be of one type: each is done, retried and fails alone. */
  readonly rules: { readonly [I in keyof Ons]: TeleflowRule<E, Ons[I]> };
  /** Where the workflow is not active, or has no active steps: `drop` ends the delivery as skipped. @default "dead-letter" */
  readonly onInactive?: "dead-letter" | "drop" | "retry" | undefined;
  /** Whether a broadcast is sent again when it may have been taken: all may then get it twice. @default false */
  readonly broadcastRetry?: boolean | undefined;
  /** Looks whether the service made notifications of a trigger, that much later. @default not */
  readonly confirm?: { readonly afterMs: number } | undefined;
  /** How long a rule, or a call by hand, asks again to cancel what the service says it does not have. @default 30_000 */
  readonly cancelGraceMs?: number | undefined;
  /** How long one answer may take. @default 30_000 */
  readonly deadlineMs?: number | undefined;
  readonly batch?: TeleflowBatch | undefined;
  /** Sent with every request. @default none */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Bounds of one request. */
export interface TeleflowBatch {
  /** At most 100, which is what the service takes. @default 100 */
  readonly maxTriggers?: number | undefined;
  /** Of the request's body. A trigger that is larger goes alone. @default 1_000_000 */
  readonly maxBytes?: number | undefined;
  /** How long an incomplete batch waits for more. @default 50 */
  readonly lingerMs?: number | undefined;
}

/** The options of whatever events. */
export interface GivenOptions extends Omit<TeleflowSinkOptions, "rules"> {
  readonly rules: readonly unknown[];
}

/** The options with nothing left open. */
export interface ParsedOptions {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly apiKey: string;
  readonly environment: string;
  readonly rules: readonly PlannedRule[];
  readonly onInactive: "dead-letter" | "drop" | "retry";
  readonly broadcastRetry: boolean;
  readonly confirm?: { readonly afterMs: number } | undefined;
  readonly cancelGraceMs: number;
  readonly deadlineMs: number;
  readonly batch: { readonly maxTriggers: number; readonly maxBytes: number; readonly lingerMs: number };
  readonly headers: Readonly<Record<string, string>>;
}

/** Half of what Node's timers can wait, so that what the engine adds fits too. */
const LONGEST_MS = 2 ** 30;

/** Headers without which the service misreads a request, or the sink its answer. */
const OWN_HEADERS = new Set(["accept", "accept-encoding", "authorization", "content-type", "idempotency-key"]);

const durationMs = z.int().min(0).max(LONGEST_MS);

export const teleflowSinkOptions: z.ZodType<ParsedOptions, GivenOptions> = z
  .strictObject({
    events: z
      .custom<EventSchemas>(
        (value) => typeof value === "object" && value !== null && Object.values(value).every(isSchema),
        "expected an object with a Standard Schema for each event type",
      )
      .transform((events) => Object.keys(events)),
    url: z.string().check(zodCheck(checkBaseUrl)).transform(baseUrlOf),
    apiKey: z
      .string()
      .min(1, "write a key")
      .regex(/^\S*$/, "it has blanks")
      .check(zodCheck((key) => checkHeaders({ authorization: `ApiKey ${key}` }))),
    environment: z.string().min(1, "write a name"),
    rules: z.custom<readonly unknown[]>(
      (value) => Array.isArray(value) && value.length > 0,
      "expected a list with at least one rule",
    ),
    onInactive: z.enum(["dead-letter", "drop", "retry"]).default("dead-letter"),
    broadcastRetry: z.boolean().default(false),
    confirm: z.strictObject({ afterMs: durationMs }).optional(),
    cancelGraceMs: durationMs.default(30_000),
    deadlineMs: durationMs.min(1).default(30_000),
    batch: z
      .strictObject({
        maxTriggers: z.int().min(1).max(100).default(100),
        maxBytes: z
          .int()
          .min(1)
          .max(64 * 1024 * 1024)
          .default(1_000_000),
        lingerMs: durationMs.default(50),
      })
      .prefault({}),
    headers: z.record(z.string(), z.string()).check(zodCheck(checkHeaders), refuseOwnHeaders).readonly().default({}),
  })
  .transform(({ events, rules: given, ...options }, { issues }) => {
    const { rules, faults } = planRules(given, events);
    for (const { path, message } of faults)
      issues.push({ code: "custom", path: ["rules", ...path], message, input: undefined });
    return { ...options, rules };
  });

function refuseOwnHeaders({ value, issues }: z.core.ParsePayload<Record<string, string>>): void {
  const own = Object.keys(value).find((name) => OWN_HEADERS.has(name.toLowerCase()));
  if (own === undefined) return;
  issues.push({ code: "custom", message: `"${own}" is written by the sink: leave it out`, input: undefined });
}
