import { isPromise } from "node:util/types";
import type { StandardSchemaV1 } from "@standard-schema/spec";

export type Checked =
  | { readonly isValid: true; readonly value: unknown }
  /** `detail` names each field at fault, in the words of the schema; what schemas add of the text they were given is left out, for it may be a secret. */
  | { readonly isValid: false; readonly detail: string; readonly cause?: unknown };

/** Runs a Standard Schema; a promise only where the schema gives one. A schema that throws has refused the value. */
export function check(schema: StandardSchemaV1, value: unknown): Checked | Promise<Checked> {
  try {
    const result = schema["~standard"].validate(value);
    return isPromise(result)
      ? result.then((settled) => checkedOf(settled, value)).catch(thrown)
      : checkedOf(result, value);
  } catch (cause) {
    return thrown(cause);
  }
}

function thrown(cause: unknown): Checked {
  return { isValid: false, detail: "the schema threw, see the cause", cause };
}

function checkedOf(result: StandardSchemaV1.Result<unknown>, input: unknown): Checked {
  return result.issues
    ? { isValid: false, detail: describe(result.issues, input) }
    : { isValid: true, value: result.value };
}

/** `endpoints[0].url: Url is invalid; name: Required` */
function describe(issues: readonly StandardSchemaV1.Issue[], input: unknown): string {
  return issues
    .map(({ path = [], message }) => {
      const keys = Array.from(path, (segment) => (typeof segment === "object" ? segment.key : segment));
      const place = placeOf(keys);
      const words = withoutText(message, valueAt(input, keys));
      // Some schemas begin their messages with the place.
      return place === "" || words.startsWith(`${place} `) ? words : `${place}: ${words}`;
    })
    .join("; ")
    .replace(/\.$/, "");
}

function placeOf(keys: readonly PropertyKey[]): string {
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("");
}

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** Valibot ends its messages with `received "…"`, arktype with `(was "…")`: the text they were given. */
function withoutText(message: string, value: unknown): string {
  if (typeof value !== "string") return message;
  const text = JSON.stringify(value);
  return message.replace(`received ${text}`, "received a text").replace(`(was ${text})`, "(was a text)");
}

/** Whether `value` is a Standard Schema: zod's and valibot's are objects, arktype's functions. */
export function isSchema(value: unknown): value is StandardSchemaV1 {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  const standard = (value as Partial<StandardSchemaV1>)["~standard"];
  return typeof standard?.validate === "function";
}
