import type { KgPerson } from "../events/person.ts";
import type { KgRecord } from "./kg-record.ts";
import type { Sharing } from "./sharing-preferences.ts";

/** The records of an event, but for what the preference of a user decides. A text instead of them says why nothing is sent. */
export interface Draft {
  /** Whose preference decides; undefined: nobody's. */
  readonly asks: KgPerson | undefined;
  records(sharing: Sharing): readonly KgRecord[] | string;
}
