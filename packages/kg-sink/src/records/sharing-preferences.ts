import { token, type Token } from "@bus/core";
import type { KgPerson } from "../events/person.ts";

/** What a user shares with the graph: everything, everything but the text of messages, or nothing. */
export type Sharing = "all" | "metadata" | "nothing";

/**
 * Where the host keeps what its users share.
 *
 * Asked at the beginning of every attempt, once for each user of its batch and for all at the same time: the user of a User record, the author of a
 * message; with `strictPrivacy` the owner of a channel, too. Nothing of the batch is sent before all have answered. Unset or unknown counts as
 * `metadata`. While it throws or rejects, nothing of the user is sent: the delivery is retried.
 */
export interface SharingPreferences {
  /** The signal is aborted when the attempt's time is up, or the bus must stop. */
  sharingOf(user: KgPerson, context: { readonly signal: AbortSignal }): SharingAnswer;
}

export type SharingAnswer = string | null | undefined | Promise<string | null | undefined>;

/** For a host's own preferences. @default what the event says of its user */
export const SHARING_PREFERENCES: Token<SharingPreferences> = token("kg:sharing-preferences");

/** Without a host's own: the preference that came with the event. */
export const sharingOfEvent: SharingPreferences = Object.freeze({ sharingOf: ({ sharing }: KgPerson) => sharing });

/** For one attempt: each user is asked for once. */
export function askingOnce(preferences: SharingPreferences, signal: AbortSignal): (user: KgPerson) => SharingAnswer {
  if (preferences === sharingOfEvent) return ({ sharing }) => sharing;
  const answers = new Map<string, SharingAnswer>();
  return (user) => {
    if (answers.has(user.id)) return answers.get(user.id);
    const answer = preferences.sharingOf(user, { signal });
    answers.set(user.id, answer);
    return answer;
  };
}

/** Unset and unknown preferences share no text. */
export function sharingFrom(preference: unknown): Sharing {
  return preference === "all" || preference === "nothing" ? preference : "metadata";
}
