import { z } from "zod";

/** The schemas of an object's fields, one for each that its interface names. */
export type ShapeOf<Output extends Input, Input = Output> = {
  readonly [Field in keyof Input]-?: z.ZodType<Output[Field], Input[Field]>;
};

/**
 * Keeps unknown keys, all of them: zod alone leaves out an own key `__proto__`, which data read from JSON may have. The interfaces do not name
 * them, so that a typo in a literal does not compile: keys of a host's own come in a variable, by a spread or in an interface that extends ours.
 */
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
