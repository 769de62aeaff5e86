import { z } from "zod";
import { looseObject } from "./loose-object.ts";

/** The desk numbers its records; installations may use other ids. */
export type TrinoId = number | string;

/** The customer of the desk that an event belongs to. */
export interface TrinoAccount {
  readonly id: TrinoId;
  readonly name?: string | null | undefined;
}

export const id: z.ZodType<TrinoId, TrinoId> = z.custom<TrinoId>(
  (value) => (typeof value === "string" ? value !== "" : Number.isSafeInteger(value)),
  "expected an id: a whole number, or a text that is not empty",
);

export const account: z.ZodType<TrinoAccount, TrinoAccount> = looseObject({ id, name: z.string().nullish() });

/** Whose event it is; undefined when the data does not say. Typing has its account in the conversation. */
export function accountIdOf(data: unknown): string | undefined {
  return idIn(fieldOf(data, "account"), "id") ?? idIn(fieldOf(fieldOf(data, "conversation"), "account"), "id");
}

/** The id under a field of a record, as text; undefined where there is none. */
export function idIn(record: unknown, field: string): string | undefined {
  const given = fieldOf(record, field);
  return typeof given === "number" || typeof given === "string" ? String(given) : undefined;
}

/** Undefined for what is no record. */
export function fieldOf(record: unknown, field: string): unknown {
  return typeof record === "object" && record !== null && Object.hasOwn(record, field)
    ? Reflect.get(record, field)
    : undefined;
}
