import { token, type Token } from "@bus/core";
import type { KgPerson } from "../events/person.ts";

/** What a user shares with the graph: everything, everything but the text of messages, or nothing. */
export type Sharing = "all" | "metadata" | "nothing";

/**
 * Where the host keeps what its users share.
 *
 * Asked at every attempt for a user and for the author of a message; with `strictPrivacy` for the owner of a channel, too. Unset or unknown counts
 * as `metadata`. While it throws or rejects, nothing is sent: the delivery is retried.
 */
export interface SharingPreferences {
  sharingOf(user: KgPerson): string | null | undefined | Promise<string | null | undefined>;
}

/** For a host's own preferences. @default what the event says of its user */
export const SHARING_PREFERENCES: Token<SharingPreferences> = token("kg:sharing-preferences");

/** Without a host's own: the preference that came with the event. */
export const sharingOfEvent: SharingPreferences = Object.freeze({ sharingOf: ({ sharing }: KgPerson) => sharing });

/** Unset and unknown preferences share no text. */
export function sharingFrom(preference: unknown): Sharing {
  return preference === "all" || preference === "nothing" ? preference : "metadata";
}
