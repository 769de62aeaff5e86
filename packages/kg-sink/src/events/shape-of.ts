import type { z } from "zod";

/** The schemas of an object's fields, one for each that its interface names. */
export type ShapeOf<Output extends Input, Input = Output> = {
  readonly [Field in keyof Input]-?: z.ZodType<Output[Field], Input[Field]>;
};
