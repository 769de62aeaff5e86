import { z } from "zod";
import type { LooseObject } from "./loose-object.ts";

/** An object of the desk's, its channels' or its customers' own making: it is sent as it came. */
export interface TrinoAttributes extends LooseObject {}

export const attributes: z.ZodType<TrinoAttributes, TrinoAttributes> = z.custom<TrinoAttributes>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);
