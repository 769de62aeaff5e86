import type { Verdict } from "../calls/verdict.ts";

/** What is known of a trigger after a call by hand. */
export type Said =
  | Verdict
  /** It was not sent, for its id was cancelled before. */
  | { readonly kind: "cancelled"; readonly reason: string };
