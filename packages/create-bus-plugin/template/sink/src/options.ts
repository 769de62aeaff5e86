import { checkBaseUrl, checkHeaders, withoutTrailingSlashes, zodCheck } from "@bus/http";
import { z } from "zod";

export interface MyTargetSinkOptions {
  /** Where the API of my-target begins: http or https, without a query. Its host may be private. */
  readonly url: string;
  /** Sent as a Bearer token. */
  readonly token: string;
  /** How long one answer may take. @default 10_000 */
  readonly deadlineMs?: number | undefined;
}

/** The options with nothing left open. */
export interface ParsedOptions {
  readonly url: string;
  readonly token: string;
  readonly deadlineMs: number;
}

/** Strict: a host that misspells an option learns so at once. */
export const myTargetSinkOptions: z.ZodType<ParsedOptions, MyTargetSinkOptions> = z.strictObject({
  url: z.string().check(zodCheck(checkBaseUrl)).transform(withoutTrailingSlashes),
  token: z
    .string()
    .min(1)
    .check(zodCheck((token) => checkHeaders({ authorization: `Bearer ${token}` }))),
  deadlineMs: z
    .int()
    .min(1)
    .max(24 * 60 * 60 * 1000)
    .default(10_000),
});
