import { z } from "zod";

/** The desk numbers its records; installations may use other ids. */
export type TrinoId = number | string;

export interface TrinoAccount {
  readonly id: TrinoId;
  readonly name?: string | null | undefined;
}

export const id: z.ZodType<TrinoId, TrinoId> = z.union([z.int(), z.string().min(1)], { error: "expected an id" });

export const account: z.ZodType<TrinoAccount, TrinoAccount> = z.looseObject({ id, name: z.string().nullish() });

const ownedByAccount = z.looseObject({ account });

/** Whose event it is; undefined when the data does not say. */
export function accountIdOf(data: unknown): string | undefined {
  const parsed = ownedByAccount.safeParse(data);
  return parsed.success ? String(parsed.data.account.id) : undefined;
}
