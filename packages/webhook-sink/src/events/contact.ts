import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { attributes, type TrinoAttributes } from "./attributes.ts";
import { changes, type TrinoChanges } from "./changes.ts";
import { looseObject, type ShapeOf } from "./loose-object.ts";

/** A customer of the account. */
export interface TrinoContact {
  readonly id: TrinoId;
  readonly type: "contact";
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly phone_number?: string | null | undefined;
  /** The contact's id in the account's own systems. */
  readonly identifier?: string | null | undefined;
  /** URL of the picture. */
  readonly avatar?: string | null | undefined;
  /** URL of the small picture. */
  readonly thumbnail?: string | null | undefined;
  readonly blocked?: boolean | null | undefined;
  readonly additional_attributes?: TrinoAttributes | null | undefined;
  readonly custom_attributes?: TrinoAttributes | null | undefined;
  readonly account?: TrinoAccount | null | undefined;
}

/** The data of `contact.created`. */
export interface TrinoContactCreated extends TrinoContact {
  readonly account: TrinoAccount;
}

/** The data of `contact.updated`. */
export interface TrinoContactUpdated extends TrinoContactCreated {
  /** Without any, nothing is sent. */
  readonly changed_attributes: TrinoChanges | null;
}

const text = z.string().nullish();

export const contactShape: ShapeOf<TrinoContact> = {
  id,
  type: z.literal("contact"),
  name: text,
  email: text,
  phone_number: text,
  identifier: text,
  avatar: text,
  thumbnail: text,
  blocked: z.boolean().nullish(),
  additional_attributes: attributes.nullish(),
  custom_attributes: attributes.nullish(),
  account: account.nullish(),
};

export const contact: z.ZodType<TrinoContact, TrinoContact> = looseObject(contactShape);

export const contactCreated: z.ZodType<TrinoContactCreated, TrinoContactCreated> = looseObject({
  ...contactShape,
  account,
});

export const contactUpdated: z.ZodType<TrinoContactUpdated, TrinoContactUpdated> = looseObject({
  ...contactShape,
  account,
  changed_attributes: changes.nullable(),
});
