import { z } from "zod";

/** What a place in a body can be compared with. */
export type Scalar = string | number | boolean | null;

/**
 * A filter that can be stored: dot-separated path in the body → the value, or one of several, that must be there. Every path must hold; a place
 * that is not there matches nothing. An item of a list goes by its number: `messages.0.private`. At most 20 paths.
 */
export type WebhookFilter = Readonly<Record<string, Scalar | readonly Scalar[]>>;

const scalar = z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()]);
const wanted = z.union([scalar, z.array(scalar).min(1).max(100).readonly()], {
  error: "expected a text, number, boolean or null, or a list of them",
});

export const webhookFilter: z.ZodType<WebhookFilter, WebhookFilter> = z
  // The record would leave this key out: a filter that says less than it was given.
  .custom<WebhookFilter>((value) => !isRecordWith(value, "__proto__"), '"__proto__" is no path')
  .pipe(z.record(z.string().min(1).max(255), wanted))
  .refine((filter) => Object.keys(filter).length <= 20, "Too many paths (maximum is 20)")
  .readonly();

/** Whether each path of the filter leads to one of its values. Only own keys count: what a body inherits is not sent. */
export function matches(filter: WebhookFilter, body: unknown): boolean {
  return Object.entries(filter).every(([path, value]) => {
    const values: readonly unknown[] = [value].flat();
    return values.includes(valueAt(path, body));
  });
}

function valueAt(path: string, body: unknown): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, key) => (isRecordWith(value, key) ? Reflect.get(value, key) : undefined), body);
}

function isRecordWith(value: unknown, key: string): value is object {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}
