// #region options
import { checkBaseUrl, checkHeaders, withoutTrailingSlashes, zodCheck } from "@bus/http";
import { z } from "zod";

export const searchSinkOptions = z.strictObject({
  /** Of the index: http or https, without a query. Its host may be private. */
  url: z.string().check(zodCheck(checkBaseUrl)).transform(withoutTrailingSlashes),
  /** Sent as a Bearer token. */
  key: z
    .string()
    .min(1)
    .check(zodCheck((key: string) => checkHeaders({ authorization: `Bearer ${key}` }))),
  /** How long one answer may take, in ms. */
  deadlineMs: z.int().min(1).max(600_000).default(10_000),
});
// #endregion options

export type SearchSinkOptions = z.output<typeof searchSinkOptions>;
