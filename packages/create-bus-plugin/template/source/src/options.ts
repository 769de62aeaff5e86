import { hash } from "node:crypto";
import { z } from "zod";

export interface MyTargetSourceOptions {
  /** What my-target proves itself with, as a Bearer token: visible ASCII characters, without blanks. */
  readonly token: string;
  /** A request with more is refused. @default 1 MiB */
  readonly maxBytes?: number | undefined;
}

/** The options with nothing left open. */
export interface ParsedOptions {
  /** Its digest: of one length whatever the token's, and of no use to who reads it. */
  readonly token: Buffer;
  readonly maxBytes: number;
}

/** Strict: a host that misspells an option learns so at once. */
export const myTargetSourceOptions: z.ZodType<ParsedOptions, MyTargetSourceOptions> = z.strictObject({
  token: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "expected visible ASCII characters without blanks")
    .transform(digestOf),
  maxBytes: z
    .int()
    .min(1)
    .default(1024 * 1024),
});

export function digestOf(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
