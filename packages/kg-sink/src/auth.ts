import { checkHeaders, zodCheck } from "@bus/http";
import { z } from "zod";

/** What the proxy knows the host by, sent with every request as `Authorization`. */
export type KgAuth =
  | { readonly type: "basic"; readonly username: string; readonly password: string }
  | { readonly type: "bearer"; readonly token: string };

/** Letters that no header and no `user:password` misreads (RFC 7617). */
const NO_CONTROLS = /^[^\u0000-\u001f\u007f]*$/;

const basic = z.strictObject({
  type: z.literal("basic"),
  username: z
    .string()
    .min(1, "write a name")
    .regex(NO_CONTROLS, "it has control characters")
    .refine((name) => !name.includes(":"), 'it has a ":", which ends the name in the header'),
  password: z.string().regex(NO_CONTROLS, "it has control characters"),
});

const bearer = z.strictObject({
  type: z.literal("bearer"),
  token: z
    .string()
    .min(1, "write a token")
    .regex(/^\S*$/, "it has blanks")
    .check(zodCheck((token) => checkHeaders({ authorization: `Bearer ${token}` }))),
});

export const kgAuth: z.ZodType<KgAuth, KgAuth> = z.discriminatedUnion("type", [basic, bearer]);
