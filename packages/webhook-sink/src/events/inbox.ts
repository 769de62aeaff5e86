import { z } from "zod";
import { account, fieldOf, id, idIn, type TrinoAccount, type TrinoId } from "./account.ts";
import { changes, type TrinoChanges } from "./changes.ts";
import { looseObject, type ShapeOf } from "./loose-object.ts";

/** Where conversations come in. */
export interface TrinoInbox {
  readonly id: TrinoId;
  readonly name?: string | null | undefined;
  /** Such as `Channel::WebWidget`. */
  readonly channel_type?: string | null | undefined;
}

/** The data of `inbox.created`. */
export interface TrinoInboxCreated extends TrinoInbox {
  readonly account: TrinoAccount;
}

/** The data of `inbox.updated`. */
export interface TrinoInboxUpdated extends TrinoInboxCreated {
  /** Without any, nothing is sent. */
  readonly changed_attributes: TrinoChanges | null;
}

const shape: ShapeOf<TrinoInbox> = { id, name: z.string().nullish(), channel_type: z.string().nullish() };

export const inbox: z.ZodType<TrinoInbox, TrinoInbox> = looseObject(shape);

export const inboxCreated: z.ZodType<TrinoInboxCreated, TrinoInboxCreated> = looseObject({ ...shape, account });

export const inboxUpdated: z.ZodType<TrinoInboxUpdated, TrinoInboxUpdated> = looseObject({
  ...shape,
  account,
  changed_attributes: changes.nullable(),
});

/** In which inbox it happened; undefined for what happens in none, and where the data does not say. */
export function inboxIdOf(type: string, data: unknown): string | undefined {
  const [subject, verb = ""] = type.split(".");
  if (subject === "inbox") return idIn(data, "id");
  if (subject === "message" || subject === "webwidget") return idIn(fieldOf(data, "inbox"), "id");
  if (subject !== "conversation") return undefined;
  return idIn(verb.startsWith("typing") ? fieldOf(data, "conversation") : data, "inbox_id");
}
