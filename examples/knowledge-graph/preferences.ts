// #region preferences
import type { KgPerson, Sharing, SharingPreferences } from "@bus/kg-sink";

/** What each user of the chat shares with the graph: a page of the app's settings. */
export class Preferences implements SharingPreferences {
  readonly #chosen = new Map<string, Sharing>();

  choose(userId: string, sharing: Sharing): void {
    this.#chosen.set(userId, sharing);
  }

  /** Undefined, of someone who has never chosen, counts as `metadata`. */
  sharingOf({ id }: Pick<KgPerson, "id">): Sharing | undefined {
    return this.#chosen.get(id);
  }
}
// #endregion preferences
