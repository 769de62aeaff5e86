import { z } from "zod";
import { digestOf, isToken } from "./http/tokens.ts";

export interface KgPushSourceOptions {
  /** What the knowledge graph may authenticate with: any one of them, so that they can be changed without a gap. Visible ASCII without blanks. */
  readonly tokens: string | readonly string[];
  /** The path of pushes, in the URL as the handler gets it: "/" behind a router that has taken it off. @default "/internal/services/knowledge-graph/v1/push" */
  readonly path?: string | undefined;
  /** A listener of its own, beside the two handlers. @default none */
  readonly listen?: ListenOptions | undefined;
  /** A push with more is refused. @default 8 MiB */
  readonly maxBodyBytes?: number | undefined;
  /** For how long a push that comes again is known, and its events are not published again. @default 24 h */
  readonly idempotencyWindowMs?: number | undefined;
}

interface ListenOptions {
  /** 0: any that is free, see `url`. */
  readonly port: number;
  /** @default "127.0.0.1" */
  readonly host?: string | undefined;
}

/** The options with nothing left open, and without the tokens themselves. */
export interface ParsedOptions {
  readonly tokens: readonly Buffer[];
  readonly path: string;
  readonly listen?: { readonly port: number; readonly host: string } | undefined;
  readonly maxBodyBytes: number;
  readonly idempotencyWindowMs: number;
}

const ONE_DAY_MS = 24 * 60 * 60 * 1000;

export const kgPushSourceOptions: z.ZodType<ParsedOptions, KgPushSourceOptions> = z.strictObject({
  tokens: z
    .custom<string | readonly string[]>(
      (value) => (Array.isArray(value) ? value.length > 0 && value.every(isToken) : isToken(value)),
      "expected a token or a list of them, each of visible ASCII characters without blanks; the word Token is no part of it",
    )
    .transform((tokens) => (typeof tokens === "string" ? [tokens] : tokens).map(digestOf)),
  path: z
    .string()
    .regex(/^\/[^?#]*$/, "expected a path that begins with a slash")
    .default("/internal/services/knowledge-graph/v1/push"),
  listen: z.strictObject({ port: z.int().min(0).max(65_535), host: z.string().min(1).default("127.0.0.1") }).optional(),
  maxBodyBytes: z
    .int()
    .min(1)
    .default(8 * 1024 * 1024),
  idempotencyWindowMs: z.int().min(1).default(ONE_DAY_MS),
});
