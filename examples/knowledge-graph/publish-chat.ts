import type { ChatBus } from "./bus.ts";
import { channels, companies, messages, users, workspaces } from "./chat-data.ts";

/** Publishes who and what there is in the chat, at once, so that the graph hears of a company before its users. */
export async function publishDirectory(bus: ChatBus): Promise<void> {
  await bus.publishMany([
    ...companies.map((data) => ({ type: "company.created", data }) as const),
    ...workspaces.map((data) => ({ type: "workspace.created", data }) as const),
    ...[...users.keys()].map((data) => ({ type: "user.created", data }) as const),
    ...channels.map((data) => ({ type: "channel.created", data }) as const),
  ]);
}

export async function publishMessages(bus: ChatBus): Promise<void> {
  for (const message of messages) {
    // #region publish
    // Resolves once it is on the disk. What the store knows by its id is not published again.
    await bus.publish("message.created", message, { id: `${message.id}-created` });
    // #endregion publish
  }
}
