import { z } from "zod";

/** What an attribute was, and what it is now. */
export interface TrinoChange {
  readonly previous_value: unknown;
  readonly current_value: unknown;
}

/** What an update changed: one object for each attribute, whose one key is the attribute's name. */
export type TrinoChanges = readonly Readonly<Record<string, TrinoChange>>[];

const change = z.custom<Readonly<Record<string, TrinoChange>>>(
  isChange,
  "expected one attribute with its previous_value and current_value",
);

export const changes: z.ZodType<TrinoChanges, TrinoChanges> = z.array(change).readonly();

function isChange(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [values, ...others]: unknown[] = Object.values(value);
  return (
    others.length === 0 &&
    typeof values === "object" &&
    values !== null &&
    "previous_value" in values &&
    "current_value" in values
  );
}
