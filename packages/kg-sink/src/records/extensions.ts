import type { BusEvent } from "@bus/core";
import type { Draft } from "./draft.ts";
import type { KgKind } from "./kg-record.ts";

/** Which properties the host wants beyond the graph's own. */
export interface ExtensionOptions {
  readonly event_id: boolean;
  readonly message_id: boolean;
  readonly deleted: boolean;
}

/** What the extensions are made of. */
export interface Extended {
  readonly kind: KgKind;
  readonly event: BusEvent;
  /** Of a Message, its own. */
  readonly data: { readonly id?: unknown; readonly deleted?: unknown };
}

/** The same records with the extensions behind their properties. */
export function withExtensions(draft: Draft, wanted: ExtensionOptions, { kind, event, data }: Extended): Draft {
  const isMessage = kind === "Message";
  const extensions = {
    ...(wanted.event_id && { event_id: event.id }),
    ...(wanted.message_id && isMessage && { message_id: data.id }),
    ...(wanted.deleted && isMessage && { deleted: data.deleted === true }),
  };
  return {
    asks: draft.asks,
    records(sharing) {
      const records = draft.records(sharing);
      if (typeof records === "string") return records;
      return records.map(({ id, properties }) => ({ id, properties: { ...properties, ...extensions } }));
    },
  };
}
