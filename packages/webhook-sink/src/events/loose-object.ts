import { z } from "zod";

/**
 * An object that may have keys which are not named here: they are kept, and sent as they are. A value whose type is an interface without such
 * keys fits once it is spread: `{ ...contact }`.
 */
export interface LooseObject {
  readonly [key: string]: unknown;
}

/** The schemas of an object's fields, one for each that its interface names. */
export type ShapeOf<Output, Input = Output> = {
  readonly [Field in keyof Output as string extends Field ? never : Field]-?: z.ZodType<
    Output[Field],
    Field extends keyof Input ? Input[Field] : never
  >;
};

/** Keeps unknown keys, all of them: zod alone leaves out an own key `__proto__`, which data read from JSON may have. */
export function looseObject<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  const schema = z.looseObject(shape);
  const { _zod: internals } = schema;
  const { run } = internals;
  internals.run = (payload, context) => {
    const input: unknown = payload.value;
    const parsed = run(payload, context);
    if (typeof input !== "object" || input === null || !("value" in parsed) || parsed.value === input) return parsed;
    const own = Object.getOwnPropertyDescriptor(input, "__proto__");
    if (own) Object.defineProperty(parsed.value, "__proto__", own);
    return parsed;
  };
  return schema;
}
