import { z } from "zod";
import { id } from "./id.ts";
import type { ShapeOf } from "./shape-of.ts";

/** Somebody who uses the app: who wrote a message, or whose channel it is. */
export interface KgPerson {
  readonly id: string;
  /** The id that the console (the identity provider) has of them. */
  readonly consoleId?: string | null | undefined;
  readonly email?: string | null | undefined;
  /** What they share with the graph: `all`, `metadata` or `nothing`. Any other text counts as `metadata`. */
  readonly sharing?: string | null | undefined;
}

const text = z.string().nullish();

export const personShape: ShapeOf<KgPerson> = { id, consoleId: text, email: text, sharing: text };

export const person: z.ZodType<KgPerson, KgPerson> = z.looseObject(personShape);
