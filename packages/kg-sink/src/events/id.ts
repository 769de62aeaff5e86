import { z } from "zod";

const error = "expected an id: a text that is not empty";

export const id: z.ZodType<string, string> = z.string({ error }).min(1, { error });
