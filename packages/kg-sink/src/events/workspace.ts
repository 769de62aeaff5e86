import { z } from "zod";
import { companyRef, type KgCompanyRef } from "./company.ts";
import { id } from "./id.ts";
import type { ShapeOf } from "./shape-of.ts";

/** The data of `workspace.created` and `workspace.updated`. */
export interface KgWorkspace {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly company: KgCompanyRef;
}

const shape: ShapeOf<KgWorkspace> = { id, name: z.string().nullish(), company: companyRef };

export const workspace: z.ZodType<KgWorkspace, KgWorkspace> = z.looseObject(shape);
