import { z } from "zod";
import { account, id, type TrinoAccount, type TrinoId } from "./account.ts";
import { attributes, type TrinoAttributes } from "./attributes.ts";
import { contact, type TrinoContact } from "./contact.ts";
import { conversation, type TrinoConversation } from "./conversation.ts";
import { inbox, type TrinoInbox } from "./inbox.ts";
import type { Instant } from "./instant.ts";
import { looseObject } from "./loose-object.ts";

/** The data of `webwidget.triggered`: a visitor opened the widget. */
export interface TrinoWebwidget<Time = Instant | Date> {
  /** Of the record that ties the contact to the inbox. */
  readonly id: TrinoId;
  readonly contact: TrinoContact;
  readonly inbox: TrinoInbox;
  readonly account: TrinoAccount;
  /** @default null */
  readonly current_conversation?: TrinoConversation<Time> | null | undefined;
  /** Who the contact is in the inbox's channel. */
  readonly source_id: string;
  readonly event_info: TrinoWebwidgetInfo;
}

/** What the widget says of the visit. */
export interface TrinoWebwidgetInfo extends TrinoAttributes {
  /** The time as the visitor's browser writes it, sent as it came. */
  readonly initiated_at?: { readonly timestamp: string; readonly [key: string]: unknown } | null | undefined;
  /** The page the visitor is on. */
  readonly referer?: string | null | undefined;
  readonly widget_language?: string | null | undefined;
  readonly browser_language?: string | null | undefined;
  readonly browser?: TrinoAttributes | null | undefined;
}

const text = z.string().nullish();

export const webwidget: z.ZodType<TrinoWebwidget<Instant>, TrinoWebwidget> = looseObject({
  id,
  contact,
  inbox,
  account,
  current_conversation: conversation.nullish(),
  source_id: z.string(),
  event_info: looseObject({
    initiated_at: looseObject({ timestamp: z.string() }).nullish(),
    referer: text,
    widget_language: text,
    browser_language: text,
    browser: attributes.nullish(),
  }),
});
