import { z } from "zod";
import { companyRef, type KgCompanyRef } from "./company.ts";
import { instant, type Instant } from "./instant.ts";
import { personShape, type KgPerson } from "./person.ts";
import type { ShapeOf } from "./shape-of.ts";

/** The data of `user.created` and `user.updated`. */
export interface KgUser<Time = Instant> extends KgPerson {
  readonly username?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly createdAt?: Time | null | undefined;
  readonly lastActivityAt?: Time | null | undefined;
  /** A user in none is not sent. */
  readonly companies: readonly KgCompanyRef[];
}

const text = z.string().nullish();

const shape: ShapeOf<KgUser<number>, KgUser> = {
  ...personShape,
  username: text,
  firstName: text,
  lastName: text,
  createdAt: instant.nullish(),
  lastActivityAt: instant.nullish(),
  companies: z.array(companyRef),
};

export const user: z.ZodType<KgUser<number>, KgUser> = z.looseObject(shape);
