import { z } from "zod";

/** An object of the desk's, its channels' or its customers' own making: it is sent as it came. An interface of yours fits once it is spread. */
export interface TrinoAttributes {
  readonly [key: string]: unknown;
}

export const attributes: z.ZodType<TrinoAttributes, TrinoAttributes> = z.custom<TrinoAttributes>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);
