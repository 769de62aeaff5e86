import { z } from "zod";
import { id, type TrinoId } from "./account.ts";
import { instant, type Instant } from "./instant.ts";
import { looseObject } from "./loose-object.ts";

/** Ties a contact to an inbox. Only the keys that are named here are sent: the desk keeps the contact's credentials in this record. */
export interface TrinoContactInbox<Time = Instant | Date> {
  readonly id: TrinoId;
  readonly contact_id: TrinoId;
  readonly inbox_id: TrinoId;
  /** Who the contact is in the inbox's channel. */
  readonly source_id: string;
  readonly created_at: Time;
  readonly updated_at: Time;
  readonly hmac_verified: boolean;
}

export const contactInbox: z.ZodType<TrinoContactInbox<Instant>, TrinoContactInbox> = looseObject({
  id,
  contact_id: id,
  inbox_id: id,
  source_id: z.string(),
  created_at: instant,
  updated_at: instant,
  hmac_verified: z.boolean(),
});
