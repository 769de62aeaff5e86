import { z } from "zod";
import { id } from "./id.ts";
import type { ShapeOf } from "./shape-of.ts";

/** Which company. */
export interface KgCompanyRef {
  readonly id: string;
  /** The id that the console (the identity provider) has of it. */
  readonly consoleId?: string | null | undefined;
}

/** The data of `company.created` and `company.updated`. */
export interface KgCompany extends KgCompanyRef {
  readonly name?: string | null | undefined;
}

const refShape: ShapeOf<KgCompanyRef> = { id, consoleId: z.string().nullish() };
const shape: ShapeOf<KgCompany> = { ...refShape, name: z.string().nullish() };

export const companyRef: z.ZodType<KgCompanyRef, KgCompanyRef> = z.looseObject(refShape);

export const company: z.ZodType<KgCompany, KgCompany> = z.looseObject(shape);
