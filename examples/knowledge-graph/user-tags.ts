import { kgEmailId, type KgTag } from "@bus/kg-push-source";
import type { ChatBus } from "./bus.ts";
import type { ChatUser } from "./chat-user.ts";

/** The tags of the app's users, as the graph pushes them. */
export class UserTags {
  readonly #tags = new Map<ChatUser, readonly KgTag[]>();

  constructor(bus: ChatBus, users: Iterable<ChatUser>) {
    // #region listen
    // In a database: a column with an index, written together with the address.
    const byEmailId = new Map([...users].map((user) => [kgEmailId(user.mail), user]));
    bus.on("kg.user_tags", ({ data: { recipients, tags } }) => {
      for (const { id } of recipients) {
        const user = byEmailId.get(id);
        // Each push has all tags of a user. One who has left since is passed over.
        if (user) this.#tags.set(user, tags);
      }
    });
    // #endregion listen
  }

  of(user: ChatUser): readonly KgTag[] {
    return this.#tags.get(user) ?? [];
  }
}
